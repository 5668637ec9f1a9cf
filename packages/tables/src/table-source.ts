import { tableEvent } from "@userdo/contracts/events";
import type { Column } from "./columns.js";
import { remembered } from "./remembered.js";
import { quoteName, quoteText, type SqlValue } from "./sql.js";
import type { TableShape } from "./table-shape.js";
import type { ChangeOp, ChangeSource } from "./types.js";

/** SQLite functions take as many on Cloudflare. */
const maxArguments = 32;
/** Pairs of one `json_object()`. */
const pairs = maxArguments / 2;

/** How the changes of a declared table are logged and told. */
export const tableSource = remembered(({ name, columns, visible }: TableShape): ChangeSource => {
	const event = tableEvent(name);
	return {
		table: name,
		event,
		sql: (row) => ({
			event: quoteText(event),
			key: `${row}."id"`,
			body: json(columns, row),
			size: size(columns, row),
		}),
		decode({ op, body, old }) {
			const data = toJsonRow(visible, body);
			if (op === "create") return { type: op, data };
			const before = op === "delete" ? data : old && toJsonRow(visible, old);
			return { type: op, data, ...(before && { old: before }) };
		},
		decodeTruncated: ({ op, key }: { op: ChangeOp; key: string }) => ({
			type: op,
			data: { id: key },
		}),
	};
});

/** The stored values as JSON text: an array of objects, since one would have too many arguments. */
function json(columns: readonly Column[], row: string): string {
	const chunks: string[] = [];
	for (let i = 0; i < columns.length; i += pairs) {
		const entries = columns.slice(i, i + pairs).map(({ name, codec }) => {
			const value = `${row}.${quoteName(name)}`;
			return `${quoteText(name)}, ${codec.logged?.(value) ?? value}`;
		});
		chunks.push(`json_object(${entries.join(", ")})`);
	}
	return `'[' || ${chunks.join(" || ',' || ")} || ']'`;
}

/**
 * The bytes of all texts, known before any JSON is made: that of a 2 MB row could itself be more
 * than SQLite takes, and the write would fail.
 */
function size(columns: readonly Column[], row: string): string {
	const texts = columns
		.filter(({ codec }) => codec.sqlType === "TEXT")
		.map(({ name }) => `${row}.${quoteName(name)}`);
	const sums: string[] = [];
	for (let i = 0; i < texts.length; i += maxArguments) {
		sums.push(`octet_length(concat(${texts.slice(i, i + maxArguments).join(", ")}))`);
	}
	return sums.join(" + ");
}

/** What `JSON.parse(JSON.stringify(row))` makes of the row that the table returns. */
function toJsonRow(columns: readonly Column[], body: string): Record<string, unknown> {
	const chunks: Record<string, SqlValue>[] = JSON.parse(body);
	const [only = {}] = chunks;
	const stored = chunks.length === 1 ? only : Object.assign({}, ...chunks);
	const row: Record<string, unknown> = {};
	// Of each change that is told: a plain loop.
	for (let i = 0; i < columns.length; i++) {
		const { field, name, codec, absent } = columns[i] as Column;
		const value: SqlValue = stored[name] ?? null;
		if (value !== null) row[field] = codec.toJson(codec.fromLog?.(value) ?? value);
		else if (absent === "null") row[field] = null;
	}
	return row;
}
