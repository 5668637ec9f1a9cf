import { UserDOError } from "@userdo/contracts/errors";
import { misconfigured } from "./errors.js";
import { refuseThenable } from "./thenable.js";
import type { Migration } from "./types.js";

/** @throws UserDOError `misconfigured` for versions out of order, and what is no step */
export function checkMigrations(table: string, list: unknown): readonly Migration[] {
	if (!Array.isArray(list)) {
		throw misconfigured({ path: `${table}.migrations`, message: "This must be a list of steps." });
	}
	let before = 0;
	// Not by map(): it passes over holes.
	return Array.from(list as Partial<Migration>[], (step, i) => {
		const path = `${table}.migrations.${i}`;
		const { version, up } = step ?? {};
		if (!Number.isSafeInteger(version) || Number(version) <= before) {
			const message = "A version is a positive integer, and higher than the one before.";
			throw misconfigured({ path: `${path}.version`, message });
		}
		if (typeof up !== "function") {
			throw misconfigured({ path: `${path}.up`, message: "This must be a function." });
		}
		before = Number(version);
		return step as Migration;
	});
}

/** The version that a table has which needs no step. */
export function newestVersion(migrations: readonly Migration[]): number {
	return migrations.at(-1)?.version ?? 0;
}

/** @throws UserDOError `misconfigured` with what a step threw as its cause */
export function runSteps(sql: SqlStorage, table: string, steps: readonly Migration[]): void {
	for (const step of steps) {
		const { proxy, revoke } = revocable(sql);
		try {
			const result: unknown = step.up(proxy);
			refuseThenable(result, { path: "up", message: "A step can't be asynchronous." });
		} catch (cause) {
			const reason = cause instanceof Error ? cause.message : String(cause);
			const message = `Migration ${step.version} failed, and nothing is changed: ${reason}`;
			const issues = [{ path: table, message }];
			throw new UserDOError("misconfigured", { message: `${table}: ${message}`, issues, cause });
		} finally {
			revoke();
		}
	}
}

/** What follows an `await` in a step would run after the rollback: it finds nothing to write to. */
function revocable(sql: SqlStorage): { proxy: SqlStorage; revoke: () => void } {
	return Proxy.revocable(sql, {
		get(target, key) {
			// A method of the runtime takes no proxy for its `this`.
			const value: unknown = Reflect.get(target, key, target);
			return typeof value === "function" ? value.bind(target) : value;
		},
	});
}
