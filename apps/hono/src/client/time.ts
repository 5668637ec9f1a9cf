/** Today the time of day, else the day. */
export function showTime(element: HTMLTimeElement, iso: string): void {
	const date = new Date(iso);
	const isToday = date.toDateString() === new Date().toDateString();
	element.dateTime = iso;
	element.textContent = date.toLocaleString(
		undefined,
		isToday ? { timeStyle: "short" } : { dateStyle: "medium" },
	);
}
