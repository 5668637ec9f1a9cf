const encoder = new TextEncoder();

/** Whether a text has more than so many bytes in UTF-8. */
export function isLonger(text: string, maxBytes: number): boolean {
	// A unit of a string has at most three bytes: mostly nothing needs to be encoded.
	return text.length * 3 > maxBytes && encoder.encode(text).length > maxBytes;
}
