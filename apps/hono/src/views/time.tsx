const format = new Intl.DateTimeFormat("en-GB", {
	dateStyle: "medium",
	timeStyle: "short",
	timeZone: "UTC",
});

/** A moment. The server knows no time zone of the person; the script, where there is one, does. */
export function Time({ at }: { at: Date | string | undefined }) {
	if (at === undefined) return <time></time>;
	const date = new Date(at);
	return <time datetime={date.toISOString()}>{format.format(date)} UTC</time>;
}
