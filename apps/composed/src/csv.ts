import type { Row } from "./entry.js";

const columns = ["startedAt", "stoppedAt", "project", "note"] as const;

/** Entries as RFC 4180 has it. */
export function toCsv(entries: readonly Row[]): string {
	const lines = entries.map((entry) => columns.map((column) => toField(entry[column] ?? "")));
	return [columns, ...lines].map((fields) => `${fields.join(",")}\r\n`).join("");
}

function toField(text: string): string {
	// Spreadsheets take what begins like this for a formula, and run it.
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
