/** Lines of columns that stand below each other: the first to the left, the others to the right. */
export function toTable(lines: readonly (readonly string[])[]): string {
	const widths: number[] = [];
	for (const line of lines) {
		for (const [i, cell] of line.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
	}
	return lines
		.map((line) =>
			line
				.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}

/** The same for Markdown; the first line is the head. */
export function toMarkdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	const rule = head.map((_, i) => (i === 0 ? "---" : "--:"));
	return [head, rule, ...rows].map(line).join("\n");
}
