const maxDigits = 9999;

/**
 * A bigint as text that sorts as the number does: sign, count of digits, digits; of a negative
 * number the complements of both. `undefined` for one of more than 9,999 digits.
 */
export function encodeBigInt(value: bigint): string | undefined {
	const digits = (value < 0n ? -value : value).toString();
	if (digits.length > maxDigits) return undefined;
	const count = value < 0n ? maxDigits - digits.length : digits.length;
	const sign = value < 0n ? "0" : "1";
	return `${sign}${String(count).padStart(4, "0")}${value < 0n ? complement(digits) : digits}`;
}

export function decodeBigInt(text: string): bigint {
	const digits = text.slice(5);
	return text.startsWith("0") ? -BigInt(complement(digits)) : BigInt(digits);
}

function complement(digits: string): string {
	return digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
}

/** Whether it is the one text that `encodeBigInt` makes of some number. */
export function isEncodedBigInt(text: string): boolean {
	return /^[01]\d{5,}$/.test(text) && encodeBigInt(decodeBigInt(text)) === text;
}
