import type { User } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import type { AnyTable } from "@userdo/tables";
import type { KeyValueStore } from "./kv.js";

/** Rows read at once. A row has up to 2 MB and all of the isolate 128 MB, so they are few. */
const pageSize = 16;
/** Characters that are gathered before they are sent. */
const chunkLength = 64 * 1024;

export interface ExportSources {
	user: User;
	kv: KeyValueStore;
	tables: ReadonlyMap<string, AnyTable>;
	/** Asked before each chunk. */
	isAllowed: () => boolean;
}

/**
 * All of a user's data as JSON Lines. What is read is never more than a page ahead of the reader.
 * Written meanwhile, a row may be in it or not; the counts of the last line are of what is in it.
 */
export function exportStream(sources: ExportSources): ReadableStream<Uint8Array> {
	const lines = exportLines(sources);
	const encoder = new TextEncoder();
	return new ReadableStream(
		{
			// Only a stream of bytes can be sent over an RPC.
			type: "bytes",
			pull(controller) {
				if (!sources.isAllowed()) {
					lines.return();
					controller.error(new UserDOError("unauthorized"));
					return;
				}
				let text = "";
				let isAtEnd = false;
				while (!isAtEnd && text.length < chunkLength) {
					const { done, value } = lines.next();
					if (done) isAtEnd = true;
					else text += `${value}\n`;
				}
				if (text !== "") controller.enqueue(encoder.encode(text));
				if (isAtEnd) controller.close();
			},
			cancel() {
				lines.return();
			},
		},
		{ highWaterMark: 0 },
	);
}

function* exportLines({ user, kv, tables }: ExportSources): Generator<string, void> {
	yield JSON.stringify({ type: "user", user });
	let keys = 0;
	for (const { key, value } of pairs(kv)) {
		// The value is JSON text already.
		yield `{"type":"key","key":${JSON.stringify(key)},"value":${value}}`;
		keys++;
	}
	const rows: Record<string, number> = {};
	for (const [name, table] of tables) {
		let count = 0;
		for (const row of rowsOf(table)) {
			yield JSON.stringify({ type: "row", table: name, row }, toJson);
			count++;
		}
		rows[name] = count;
	}
	yield JSON.stringify({ type: "end", keys, rows });
}

function* pairs(kv: KeyValueStore) {
	let after = "";
	for (;;) {
		const page = kv.page(after, pageSize);
		yield* page;
		const last = page.at(-1);
		if (last === undefined) return;
		after = last.key;
	}
}

function* rowsOf(table: AnyTable) {
	const query = table.orderBy("id");
	let after: string | undefined;
	for (;;) {
		const { items, pageInfo } = query.page({ limit: pageSize, ...(after && { after }) });
		yield* items;
		if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return;
		after = pageInfo.endCursor;
	}
}

/** As the change log has it. */
function toJson(_name: string, value: unknown): unknown {
	return typeof value === "bigint" ? value.toString() : value;
}
