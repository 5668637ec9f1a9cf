import { UserDOError } from "@userdo/contracts/errors";
import { isOver, maxBytes, type SqlValue } from "./sql.js";

/** @throws UserDOError `payload_too_large` for a row of more than 2,000,000 bytes */
export function checkSize(values: readonly SqlValue[]): void {
	let most = 0;
	// A number has at most 8 bytes, each value one more for its type, and a character at most 3.
	for (const value of values) most += typeof value === "string" ? value.length * 3 : 9;
	if (most <= maxBytes) return;
	const texts = values.filter((value) => typeof value === "string");
	const others = (values.length - texts.length) * 9;
	if (isOver(maxBytes - others, texts)) throw new UserDOError("payload_too_large");
}
