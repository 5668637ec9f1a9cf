/** The day of the person's own calendar, as `2026-12-24`. */
export function today(now: Date): string {
	const two = (count: number) => String(count).padStart(2, "0");
	return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export const isOverdue = (day: string, now: Date): boolean => day < today(now);

/** How people say that day. */
export function dayText(day: string, now: Date): string {
	const nearby: Record<string, string> = {
		[today(shift(now, -1))]: "Yesterday",
		[today(now)]: "Today",
		[today(shift(now, 1))]: "Tomorrow",
	};
	const isThisYear = day.startsWith(`${now.getFullYear()}-`);
	return (
		nearby[day] ??
		// A day has no time zone: it is that of UTC on both sides.
		new Date(`${day}T00:00:00Z`).toLocaleDateString("en", {
			timeZone: "UTC",
			day: "numeric",
			month: "short",
			...(!isThisYear && { year: "numeric" }),
		})
	);
}

const shift = (now: Date, days: number) =>
	new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
