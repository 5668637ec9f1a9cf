import { and, asc, desc, type SQL, sql } from "drizzle-orm";
import { type SQLiteColumn, SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import type { Column } from "./columns.js";
import type { Definition } from "./definition.js";
import { toDrizzle } from "./drizzle-table.js";
import { type Condition, toSql } from "./operators.js";
import { BoundedCache } from "./sql.js";

export interface Order {
	column: Column;
	direction: "asc" | "desc";
}

/** What a query asks for. */
export interface QueryState {
	conditions: readonly Condition[];
	orders: readonly Order[];
	limit?: number;
}

const dialect = new SQLiteSyncDialect();

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

	select({ conditions, orders }: QueryState): string {
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

	count({ conditions }: QueryState): string {
		return this.#cache.get(`count ${where(conditions)}`, () =>
			this.#text(sql`select count(*) ${this.#from(conditions)}`),
		);
	}

	ids({ conditions }: QueryState): string {
		return this.#cache.get(`ids ${where(conditions)}`, () =>
			this.#text(sql`select ${this.#column("id")} ${this.#from(conditions)}`),
		);
	}

	delete({ conditions }: QueryState): string {
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

function where(conditions: readonly Condition[]): string {
	return conditions.map(({ form, column }) => `${column.name} ${form}`).join(",");
}

/** Rows that are equal in all orders stand in the order of their ids, as an index has them. */
function withTieBreak(orders: readonly Order[], { columns }: Definition): readonly Order[] {
	const [id] = columns;
	if (!id || orders.some(({ column }) => column === id)) return orders;
	return [...orders, { column: id, direction: orders.at(-1)?.direction ?? "asc" }];
}
