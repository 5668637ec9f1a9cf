const euros = new Intl.NumberFormat(undefined, { style: "currency", currency: "EUR" });

export const money = (cents: number) => euros.format(cents / 100);

/**
 * `12.5`, `12,50` or `1234` as cents. 0 for what is no amount, and a fraction for one that is more
 * exact than a cent: the server says what is wrong with these.
 */
export function parseCents(text: string): number {
	const plain = text.trim().replace(",", ".");
	if (!/^\d+(\.\d+)?$/.test(plain)) return 0;
	const [whole = "", part = ""] = plain.split(".");
	// Not by a multiplication: 0.29 * 100 is no whole number.
	return Number(`${whole}${part.padEnd(2, "0").slice(0, 2)}.${part.slice(2)}0`);
}

/** `2026-11-30`, where the person is. */
export function today(): string {
	const now = new Date();
	return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
		.map((part) => String(part).padStart(2, "0"))
		.join("-");
}

export const monthOf = (day: string) => day.slice(0, 7);

export function monthsAway(month: string, step: number): string {
	const date = new Date(`${month}-01T00:00:00Z`);
	date.setUTCMonth(date.getUTCMonth() + step);
	return date.toISOString().slice(0, 7);
}

const namesMonth = new Intl.DateTimeFormat("en", {
	month: "long",
	year: "numeric",
	timeZone: "UTC",
});
const namesDay = new Intl.DateTimeFormat("en", {
	weekday: "long",
	day: "numeric",
	timeZone: "UTC",
});

export const monthName = (month: string) => namesMonth.format(new Date(`${month}-01T00:00:00Z`));
export const dayName = (day: string) => namesDay.format(new Date(`${day}T00:00:00Z`));
