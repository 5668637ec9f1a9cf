import { and, asc, desc, type SQL, sql } from "drizzle-orm";
import {
	integer,
	real,
	type SQLiteColumn,
	SQLiteSyncDialect,
	sqliteTable,
	text,
} from "drizzle-orm/sqlite-core";
import type { Column } from "./columns.js";
import { decodeRow } from "./columns.js";
import type { Definition } from "./definition.js";
import { invalid, nameOf } from "./errors.js";
import { type Condition, condition, toSql } from "./operators.js";
import { BoundedCache, rows, type SqlValue } from "./sql.js";
import type { AnyQuery } from "./types.js";

interface Order {
	column: Column;
	direction: "asc" | "desc";
}

interface State {
	conditions: readonly Condition[];
	orders: readonly Order[];
	limit?: number;
}

/** SQLite refuses expressions nested 100 deep, and 100 bound values. */
const maxTerms = 90;
const maxOrders = 16;
const maxLimit = 1000;

const dialect = new SQLiteSyncDialect();

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

/**
 * SQL by the shape of a query: its columns, operators and orders. Drizzle writes it, once per
 * shape, since its builder costs several times what SQLite takes for a simple query.
 */
export class Compiler {
	readonly #definition: Definition;
	readonly #cache = new BoundedCache<string>(500);
	#columns: Record<string, SQLiteColumn> | undefined;

	constructor(definition: Definition) {
		this.#definition = definition;
	}

	select({ conditions, orders }: State): string {
		const shape = `select ${where(conditions)} by ${orders.map((o) => `${o.column.name} ${o.direction}`)}`;
		return this.#cache.get(shape, () => {
			const columns = this.#definition.visible.map(({ name }) => sql`${this.#column(name)}`);
			const by = withTieBreak(orders, this.#definition).map(({ column, direction }) =>
				direction === "desc" ? desc(this.#column(column.name)) : asc(this.#column(column.name)),
			);
			return this.#text(
				sql`select ${sql.join(columns, sql`, `)} ${this.#from(conditions)} order by ${sql.join(by, sql`, `)}`,
			);
		});
	}

	count({ conditions }: State): string {
		return this.#cache.get(`count ${where(conditions)}`, () =>
			this.#text(sql`select count(*) ${this.#from(conditions)}`),
		);
	}

	ids({ conditions }: State): string {
		return this.#cache.get(`ids ${where(conditions)}`, () =>
			this.#text(sql`select ${this.#column("id")} ${this.#from(conditions)}`),
		);
	}

	delete({ conditions }: State): string {
		return this.#cache.get(`delete ${where(conditions)}`, () =>
			this.#text(sql`delete ${this.#from(conditions)}`),
		);
	}

	#from(conditions: readonly Condition[]): SQL {
		const table = sql`from ${sql.identifier(this.#definition.name)}`;
		const all = and(
			...conditions.map(({ form, column }) => toSql(form, this.#column(column.name))),
		);
		return all ? sql`${table} where ${all}` : table;
	}

	#column(name: string): SQLiteColumn {
		this.#columns ??= toDrizzle(this.#definition);
		return this.#columns[name] as SQLiteColumn;
	}

	#text(query: SQL): string {
		return dialect.sqlToQuery(query).sql;
	}
}

function toDrizzle({ name, columns }: Definition): Record<string, SQLiteColumn> {
	const entries = columns.map((column) => [column.name, toBuilder(column)]);
	return sqliteTable(name, Object.fromEntries(entries)) as unknown as Record<string, SQLiteColumn>;
}

function toBuilder({ name, codec: { sqlType } }: Column) {
	if (sqlType === "TEXT") return text(name);
	return sqlType === "REAL" ? real(name) : integer(name);
}

function where(conditions: readonly Condition[]): string {
	return conditions.map(({ form, column }) => `${column.name} ${form}`).join(",");
}

/** Rows that are equal in all orders stand in the order of their ids, as an index has them. */
function withTieBreak(orders: readonly Order[], { columns }: Definition): readonly Order[] {
	const [id] = columns;
	if (!id || orders.some(({ column }) => column === id)) return orders;
	return [...orders, { column: id, direction: orders.at(-1)?.direction ?? "asc" }];
}

/** Everything a caller names is looked up in the definition: no text of theirs becomes SQL. */
export class SqlQuery implements AnyQuery {
	readonly #source: Source;
	readonly #state: State;

	constructor(source: Source, state: State = { conditions: [], orders: [] }) {
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

	#with(state: Partial<State>): SqlQuery {
		return new SqlQuery(this.#source, { ...this.#state, ...state });
	}
}
