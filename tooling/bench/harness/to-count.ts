/** @throws Error for a text that is no whole number above zero */
export function toCount(text: string): number {
	const count = Number(text);
	if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${text} is no count.`);
	return count;
}
