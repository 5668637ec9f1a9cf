export type Kind = "flat" | "less than linear" | "linear" | "more than linear";

/**
 * How times grow by sizes, by the last two: below that, what a call costs in any case hides the rest.
 * It is the power of the size by which they do: 0 is flat, and 1 linear.
 */
export function kindOf(sizes: readonly number[], times: readonly number[]): Kind {
	const [before = Number.NaN, after = Number.NaN] = sizes.slice(-2);
	const [less = Number.NaN, more = Number.NaN] = times.slice(-2);
	const power = Math.log(more / less) / Math.log(after / before);
	if (power < 0.2) return "flat";
	if (power < 0.8) return "less than linear";
	return power <= 1.2 ? "linear" : "more than linear";
}
