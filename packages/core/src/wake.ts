import { rowsIfTable } from "./sql.js";

/** Some of what is read at once, and who takes it. */
export interface WakePart {
	/** SQL of columns that need no table but those that they name themselves. */
	columns: string;
	/** Takes the row that has them. */
	take(row: Record<string, SqlStorageValue>): void;
}

/**
 * Reads what the parts of an object have to know, by one statement, when the first of them asks for
 * its own: the first caller of an object that wakes waits for each. Where a table is missing, as long
 * as nobody signed up, nothing is taken, and each part reads its own.
 */
export class Wake {
	readonly #sql: SqlStorage;
	readonly #parts: WakePart[] = [];
	#isDone = false;

	constructor(sql: SqlStorage) {
		this.#sql = sql;
	}

	/** To be called before anything is read. */
	add(part: WakePart): void {
		this.#parts.push(part);
	}

	/** Does nothing but the first time: what was taken then, its owner has kept up to date since. */
	read(): void {
		if (this.#isDone) return;
		this.#isDone = true;
		const columns = this.#parts.map((part) => part.columns).join(", ");
		const [row] = rowsIfTable(this.#sql, `SELECT ${columns}`) ?? [];
		if (row === undefined) return;
		for (const part of this.#parts) part.take(row);
	}
}
