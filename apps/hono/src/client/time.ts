/** Today the time of day, else the day, in the time zone of the person. */
export function showTime(element: HTMLTimeElement, iso: string): void {
	const date = new Date(iso);
	const isToday = date.toDateString() === new Date().toDateString();
	element.dateTime = iso;
	element.textContent = date.toLocaleString(
		undefined,
		isToday ? { timeStyle: "short" } : { dateStyle: "medium" },
	);
}

/** The same for all that the server has rendered. */
export function showTimes(root: ParentNode): void {
	for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
		showTime(element, element.dateTime);
	}
}
