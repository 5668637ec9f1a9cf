import {
	type ChangeMessage,
	kvEvent,
	type TableChange,
	tableEvent,
} from "@userdo/contracts/events";
import { createCollection } from "./collection.js";
import { getEntry } from "./keys.js";
import { rawChannel } from "./listeners.js";
import type { Parts } from "./parts.js";

type RowChange = TableChange<{ id?: unknown }>;

const isKey = (event: string) => event.startsWith(kvEvent(""));

/** Tells the listeners of a key or table what changed in it; fetches what was too large to send. */
export function tellChange(parts: Parts, message: ChangeMessage): void {
	const { listeners, refetch } = parts;
	const { event, truncated } = message;
	const data = message.data as RowChange | undefined;
	const name = isKey(event) ? event : `${event}/${data?.data.id}`;
	listeners.emit(rawChannel(event), message);
	refetch.cancel(name);
	if (!listeners.channels.has(event)) return;
	if (!truncated || data?.type === "delete") listeners.emit(event, data);
	else if (isKey(event)) fetchKey(parts, event);
	// The server has nothing to tell of a table that it no longer knows.
	else if (data) {
		const { id } = data.data;
		const collection = createCollection(parts, event.slice(tableEvent("").length));
		refetch.run(
			name,
			() => collection.get<{ id?: unknown } | undefined>(String(id)),
			// An endpoint of the app's own may answer anything: only a row of that id is the row.
			(row) => listeners.emit(event, row?.id === id ? { ...data, data: row } : data),
			() => listeners.emit(event, data),
		);
	}
}

/** What was missed can't be told any more: tells what each key is now, and that there was more. */
export function resync(parts: Parts): void {
	const { listeners, refetch } = parts;
	refetch.clear();
	for (const event of listeners.channels.keys()) {
		if (isKey(event)) fetchKey(parts, event);
	}
	listeners.emit("resync");
}

function fetchKey({ auth, listeners, refetch }: Parts, event: string): void {
	refetch.run(
		event,
		() => getEntry(auth, event.slice(kvEvent("").length)),
		({ value }) => listeners.emit(event, value),
	);
}
