import type { Operation, OperationResult, Snapshot } from "@userdo/contracts";
import type { ChangeMessage } from "@userdo/contracts/events";
import type { Unsubscribe } from "./listeners.js";
import type { SocketStatus } from "./socket.js";

/**
 * The key under which a collection holds what other entries of this package need of it. A registered
 * symbol, since they are bundled apart.
 */
export const internals: unique symbol = Symbol.for("userdo.client") as never;

/** A list as `GET <base>/<name>` answers it. */
export interface ListAnswer<Row> {
	items: Row[];
	pageInfo: { hasNextPage: boolean; endCursor: string | null };
	/** Read together with the rows. */
	snapshot: Snapshot;
	/** The fields of `where` and `orderBy` whose JSON text is not in the order of their values. */
	kinds?: Record<string, "date" | "bigint">;
}

/** What a client lends to its other entries, for one collection. */
export interface CollectionInternals {
	readonly name: string;
	/** Undefined as long as nobody knows who is signed in; null for nobody. */
	user(): { id: string } | null | undefined;
	status(): SocketStatus;
	/** The newest change that the socket has brought, of whatever table or key, and whose it was. */
	position(): (Snapshot & { user: string }) | undefined;
	/** Asks for rows by a query string, once the session is there. */
	list<Row>(query: string): Promise<ListAnswer<Row>>;
	/** Writes: all of it, or nothing. Sent again after an outage it is done once. */
	batch(operations: Operation[]): Promise<{ results: OperationResult[]; snapshot: Snapshot }>;
	/** Hears each change of the table, in order, and keeps the socket open for it. */
	onChange(listener: (change: ChangeMessage) => void): Unsubscribe;
	/** Hears when {@link position} has grown, after the changes up to there were told. */
	onPosition(listener: () => void): Unsubscribe;
	onStatus(listener: (status: SocketStatus) => void): Unsubscribe;
	/** Hears when changes may have been missed. */
	onResync(listener: () => void): Unsubscribe;
	/** Hears when somebody else is signed in, or nobody any more. */
	onUser(listener: () => void): Unsubscribe;
}
