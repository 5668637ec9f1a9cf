import { UserDOError } from "@userdo/contracts/errors";
import { type ChangeMessage, type TableChange, tableEvent } from "@userdo/contracts/events";
import type { Parts } from "./kv.js";
import type { Unsubscribe } from "./listeners.js";

/** A JSON object, as long as nothing is known of its fields. */
export type JsonObject = Record<string, unknown>;

/**
 * The endpoints `<base>/<name>` and `<base>/<name>/<id>`, and the changes of the table `<name>`.
 * Every method gives back the body that the endpoint answered; its type is a claim that nothing
 * checks.
 */
export interface Collection {
	/** `POST <base>/<name>` */
	create<Body = JsonObject>(data: object): Promise<Body>;
	/** `GET <base>/<name>` */
	list<Body = JsonObject>(): Promise<Body>;
	/** `GET <base>/<name>/<id>` */
	get<Body = JsonObject>(id: string): Promise<Body>;
	/** `PATCH <base>/<name>/<id>` */
	update<Body = JsonObject>(id: string, patch: object): Promise<Body>;
	/** `DELETE <base>/<name>/<id>` */
	delete<Body = JsonObject>(id: string): Promise<Body>;
	/** Calls the listener for each row that is created, updated or deleted, here or anywhere else. */
	onChange<Row = JsonObject>(listener: (change: TableChange<Row>) => void): Unsubscribe;
}

export function createCollection({ auth, live, requests }: Parts, name: string): Collection {
	// `async`, so that a refused id is a rejection like any other.
	const send = async <Body>(method: string, id?: string, data?: object) => {
		const path = `/api${segment(name)}${id === undefined ? "" : segment(id)}`;
		return auth.session(() => requests.send<Body>(method, path, data));
	};
	return {
		create: (data) => send("POST", undefined, data),
		list: () => send("GET"),
		get: (id) => send("GET", id),
		update: (id, patch) => send("PATCH", id, patch),
		delete: (id) => send("DELETE", id),
		onChange: (listener) => live.add(tableEvent(name), listener),
	};
}

/** One path segment. Dots are refused: a URL parser would walk up with them, encoded or not. */
function segment(text: string): string {
	if (/^\.{0,2}$/.test(text)) throw new UserDOError("invalid_input");
	return `/${encodeURIComponent(text)}`;
}

/** Tells the listeners of a table what changed in it; fetches a row that was too large to send. */
export function tableChanged(parts: Parts, { event, data, truncated }: ChangeMessage): void {
	const { live, refetch } = parts;
	// The server has nothing to tell of a table that it no longer knows.
	if (!live.has(event) || !data) return;
	const change = data as TableChange<{ id?: unknown }>;
	const { id } = change.data;
	const name = `${event}/${id}`;
	const deliver = (row = change.data) => live.emit(event, { ...change, data: row });
	refetch.cancel(name);
	if (!truncated || change.type === "delete") {
		deliver();
		return;
	}
	const collection = createCollection(parts, event.slice(tableEvent("").length));
	void refetch.run(
		name,
		() => collection.get<{ id?: unknown } | undefined>(String(id)),
		// An endpoint of the app's own may answer anything: only a row of that id is the row.
		(row) => deliver(row?.id === id ? row : undefined),
		() => deliver(),
	);
}
