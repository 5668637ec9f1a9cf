import { toBound } from "./bound.js";
import type { DrizzleHost } from "./drizzle-driver.js";
import { isStale, misconfigured } from "./errors.js";
import { toRefusal } from "./refusals.js";
import type { SqlValue } from "./sql.js";

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>;

/** As much of a storage as Drizzle's driver uses: every statement of Drizzle passes here. */
export class DrizzleClient {
	readonly #host: DrizzleHost;
	#ended = false;

	constructor(host: DrizzleHost) {
		this.#host = host;
	}

	readonly sql = {
		exec: (text: string, ...values: unknown[]): Cursor => this.#exec(text, values.map(toBound)),
	};

	/** What comes later is refused: an async function would go on after its transaction. */
	end(): void {
		this.#ended = true;
	}

	#exec(text: string, values: readonly SqlValue[]): Cursor {
		if (this.#ended) {
			throw misconfigured({ path: "transaction", message: "This transaction is over." });
		}
		this.#host.prepare();
		const cursor = this.#attempt(() => this.#host.storage.sql.exec(text, ...values));
		// What has no rows to count may still be a write, as one of several statements.
		if (cursor.rowsWritten > 0 || !/^\s*select\b/i.test(text)) this.#host.wrote();
		return cursor;
	}

	#attempt(run: () => Cursor): Cursor {
		try {
			try {
				return run();
			} catch (error) {
				if (!isStale(error)) throw error;
				this.#host.recover(error);
				this.#host.prepare();
				return run();
			}
		} catch (error) {
			throw toRefusal(error) ?? error;
		}
	}
}
