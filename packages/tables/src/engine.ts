import type { SqlChangeLog } from "./change-log.js";
import type { Meta } from "./meta.js";

/** What the tables of one database share. */
export interface Engine {
	readonly storage: DurableObjectStorage;
	readonly meta: Meta;
	readonly changes: SqlChangeLog;
	/** Another number than before: what was known about stored tables may no longer be so. */
	readonly generation: number;
	/** Forgets what is known about stored tables. */
	forget(): void;
	/** All or nothing; what was written is told once, after the commit. */
	transaction<T>(run: () => T): T;
	/** To be called after each write. */
	wrote(): void;
}
