import { entityKind } from "drizzle-orm";
import {
	DrizzleSqliteDODatabase,
	SQLiteDOSession,
	SQLiteDOTransaction,
} from "drizzle-orm/durable-sqlite";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { DrizzleClient } from "./drizzle-client.js";
import type { DrizzleHost } from "./drizzle-driver.js";
import type { DrizzleDatabaseOf } from "./drizzle-schema.js";

type None = Record<string, never>;

const dialect = new SQLiteSyncDialect();

/** The Drizzle database over ours: the same tables, transactions and tellings of a write. */
export function openDrizzle(host: DrizzleHost): DrizzleDatabaseOf {
	const session = new Session(host, new DrizzleClient(host));
	return new DrizzleSqliteDODatabase("sync", dialect, session, undefined);
}

class Session extends SQLiteDOSession<None, None> {
	static override readonly [entityKind]: string = "UserDOSession";
	readonly #host: DrizzleHost;

	constructor(host: DrizzleHost, client: DrizzleClient) {
		super(client as unknown as DurableObjectStorage, dialect, undefined);
		this.#host = host;
	}

	override transaction<T>(run: (tx: Transaction) => T): T {
		return transact(this.#host, run);
	}
}

class Transaction extends SQLiteDOTransaction<None, None> {
	static override readonly [entityKind]: string = "UserDOTransaction";
	readonly #host: DrizzleHost;

	constructor(host: DrizzleHost, client: DrizzleClient) {
		super("sync", dialect, new Session(host, client), undefined);
		this.#host = host;
	}

	override transaction<T>(run: (tx: SQLiteDOTransaction<None, None>) => T): T {
		return transact(this.#host, run);
	}
}

/** Each transaction has a client of its own, which ends with it. */
function transact<T>(host: DrizzleHost, run: (tx: Transaction) => T): T {
	const client = new DrizzleClient(host);
	try {
		return host.transaction(() => run(new Transaction(host, client)));
	} finally {
		client.end();
	}
}
