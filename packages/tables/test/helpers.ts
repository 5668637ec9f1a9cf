import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { isUserDOError, type UserDOError } from "@userdo/contracts/errors";
import { expect } from "vitest";
import { createDatabase, type Database, type DatabaseOptions } from "../src/index.js";

export interface Context {
	storage: DurableObjectStorage;
	/** Another database over the same storage: what a new deployment would make of it. */
	open(options?: DatabaseOptions): Database;
	rows(text: string, ...values: SqlStorageValue[]): SqlStorageValue[][];
}

export const newStub = () => env.STORE.getByName(crypto.randomUUID());

/** Runs inside an object of its own. */
export function inObject<T>(
	run: (database: Database, context: Context) => T,
	stub = newStub(),
): Promise<T> {
	return runInDurableObject(stub, (_, { storage }) => {
		const context: Context = {
			storage,
			open: (options) => createDatabase(storage, options),
			rows: (text, ...values) => Array.from(storage.sql.exec(text, ...values).raw()),
		};
		return run(context.open(), context);
	});
}

/** The UserDOError that this throws. */
export function thrown(run: () => unknown): UserDOError {
	try {
		run();
	} catch (error) {
		if (isUserDOError(error)) return error;
		throw error;
	}
	return expect.fail("nothing was thrown");
}

/** Code and paths of the error that this throws. */
export function refusal(run: () => unknown): string {
	const { code, issues = [] } = thrown(run);
	return [code, ...issues.map(({ path }) => path)].join(" ");
}
