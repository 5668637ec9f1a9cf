import type { Definition } from "./definition.js";
import { misconfigured } from "./errors.js";

/** What a Drizzle database needs of ours. */
export interface DrizzleHost {
	readonly storage: DurableObjectStorage;
	/** Creates and changes the declared tables where they are not yet what they should be. */
	prepare(): void;
	/** To be called before a statement is tried again that found stored tables not as they were. */
	recover(error: unknown): void;
	transaction<T>(run: () => T): T;
	/** To be called after each write. */
	wrote(): void;
}

/** Makes what is Drizzle's. */
export interface DrizzleDriver {
	open(host: DrizzleHost): unknown;
	table(definition: Definition): unknown;
}

let registered: DrizzleDriver | undefined;

/** Called by `@userdo/tables/drizzle`, so that a Worker without that import carries no driver. */
export function registerDriver(driver: DrizzleDriver): void {
	registered = driver;
}

/** @throws UserDOError `misconfigured` where nothing imports the driver */
export function requireDriver(): DrizzleDriver {
	if (registered) return registered;
	const message = 'Add `import "@userdo/tables/drizzle"` (or `import "userdo/drizzle"`).';
	throw misconfigured({ path: "db", message });
}
