/**
 * The first text after all that start with this one, in the order of UTF-8 bytes, which is that of
 * code points; none where there is no end.
 */
export function afterPrefix(prefix: string): string | undefined {
	const points = [...prefix];
	while (points.length > 0) {
		const last = points.pop()?.codePointAt(0) ?? 0;
		// Between U+D7FF and U+E000 lie the half characters, which no key has.
		const next = last === 0xd7ff ? 0xe000 : last + 1;
		if (next <= 0x10ffff) return points.join("") + String.fromCodePoint(next);
	}
	return undefined;
}
