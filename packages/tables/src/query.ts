import type { Column } from "./columns.js";
import { decodeRow } from "./columns.js";
import type { Compiler, QueryState } from "./compiler.js";
import type { Definition } from "./definition.js";
import { invalid, nameOf } from "./errors.js";
import { condition } from "./operators.js";
import { rows, type SqlValue } from "./sql.js";
import type { AnyQuery } from "./types.js";

/** SQLite refuses expressions nested 100 deep, and 100 bound values. */
const maxTerms = 90;
const maxOrders = 16;
const maxLimit = 1000;

/** What a query reads from: a table that may not be there yet. */
export interface Source {
	readonly definition: Definition;
	readonly compiler: Compiler;
	read<R>(empty: R, run: (sql: SqlStorage) => R): R;
	/** How many rows that statement deleted. */
	deleteBy(text: string, values: readonly SqlValue[]): number;
	/** Patches those rows, all or none. */
	updateEach(ids: readonly string[], patch: unknown): void;
}

/** Everything a caller names is looked up in the definition: no text of theirs becomes SQL. */
export class SqlQuery implements AnyQuery {
	readonly #source: Source;
	readonly #state: QueryState;

	constructor(source: Source, state: QueryState = { conditions: [], orders: [] }) {
		this.#source = source;
		this.#state = state;
	}

	where(field: unknown, operator: unknown, value?: unknown): SqlQuery {
		const added = condition(this.#field(field), operator, value);
		const conditions = [...this.#state.conditions, added];
		const terms = conditions.reduce((sum, { values }) => sum + Math.max(values.length, 1), 0);
		if (terms > maxTerms) throw invalid("where", "This query has too many conditions.");
		return this.#with({ conditions });
	}

	orderBy(field: unknown, direction: unknown = "asc"): SqlQuery {
		const column = this.#field(field);
		if (column.kind === "json") throw invalid(column.field, "JSON has no order.");
		if (direction !== "asc" && direction !== "desc") {
			throw invalid("direction", "The direction is asc or desc.");
		}
		const orders = [...this.#state.orders, { column, direction } as const];
		if (orders.length > maxOrders) {
			throw invalid("orderBy", `A query is sorted by at most ${maxOrders} fields.`);
		}
		return this.#with({ orders });
	}

	limit(count: unknown): SqlQuery {
		if (typeof count !== "number" || !Number.isInteger(count) || count < 0 || count > maxLimit) {
			throw invalid("limit", `The limit is an integer from 0 to ${maxLimit}.`);
		}
		// -0 is no SQL.
		return this.#with({ limit: count + 0 });
	}

	get(): Record<string, unknown>[] {
		return this.#rows(this.#state.limit);
	}

	first(): Record<string, unknown> | undefined {
		return this.#rows(Math.min(this.#state.limit ?? 1, 1))[0];
	}

	count(): number {
		const text = this.#source.compiler.count(this.#state);
		const [row] = this.#source.read<SqlValue[][]>([], (sql) => rows(sql, text, ...this.#values()));
		return Math.min(Number(row?.[0] ?? 0), this.#state.limit ?? Number.POSITIVE_INFINITY);
	}

	exists(): boolean {
		if (this.#state.limit === 0) return false;
		const text = `${this.#source.compiler.ids(this.#state)} limit 1`;
		return (
			this.#source.read<SqlValue[][]>([], (sql) => rows(sql, text, ...this.#values())).length > 0
		);
	}

	deleteWhere(): number {
		this.#checkBulk();
		return this.#source.deleteBy(this.#source.compiler.delete(this.#state), this.#values());
	}

	updateWhere(patch: unknown): number {
		this.#checkBulk();
		const text = this.#source.compiler.ids(this.#state);
		// Found before anything is written: a patch may change what the query looks for.
		const ids = this.#source
			.read<SqlValue[][]>([], (sql) => rows(sql, text, ...this.#values()))
			.map(([id]) => String(id));
		this.#source.updateEach(ids, patch);
		return ids.length;
	}

	/** SQLite deletes and updates without order or limit; all rows are nobody's slip. */
	#checkBulk(): void {
		const { conditions, orders, limit } = this.#state;
		if (limit !== undefined) throw invalid("limit", "This takes all rows of the query.");
		if (orders.length > 0) throw invalid("orderBy", "This takes the rows in no order.");
		if (conditions.length === 0) throw invalid("where", "This needs a condition.");
	}

	#rows(limit: number | undefined): Record<string, unknown>[] {
		const { compiler, definition } = this.#source;
		// Not bound: SQLite would prepare the statement anew for each LIMIT it is given.
		const text = `${compiler.select(this.#state)}${limit === undefined ? "" : ` limit ${limit}`}`;
		return this.#source
			.read<SqlValue[][]>([], (sql) => rows(sql, text, ...this.#values()))
			.map((row) => decodeRow(definition.visible, row));
	}

	#values(): SqlValue[] {
		return this.#state.conditions.flatMap(({ values }) => values);
	}

	#field(field: unknown): Column {
		const column = this.#source.definition.fields.get(field as string);
		if (!column) throw invalid(nameOf(field, "field"), "There is no such field.");
		return column;
	}

	#with(state: Partial<QueryState>): SqlQuery {
		return new SqlQuery(this.#source, { ...this.#state, ...state });
	}
}
