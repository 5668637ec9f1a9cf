import type { Column } from "./columns.js";
import { type Columns, type Condition, joinSql } from "./conditions.js";
import { type FieldRef, type Fields, fieldSql } from "./field.js";
import { commas, type Fragment, identifier, raw, sql } from "./fragment.js";
import { remembered } from "./remembered.js";
import type { SearchCondition } from "./search.js";
import { BoundedCache, type SqlValue } from "./sql.js";
import type { TableShape } from "./table-shape.js";

export interface Order {
	field: FieldRef;
	direction: "asc" | "desc";
}

/** What a query asks for. Each step adds to it, so that what is asked for often is at hand. */
export interface QueryState {
	conditions: readonly Condition[];
	/** The conditions' shapes, values and number of comparisons, all together. */
	shape: string;
	values: readonly SqlValue[];
	terms: number;
	orders: readonly Order[];
	/** The orders' shapes. */
	by: string;
	limit?: number;
	offset?: number;
	/** One of the conditions. */
	search?: SearchCondition;
}

/** Whether the best matches of a search come first. */
export function isRanked({ search, orders }: QueryState): boolean {
	return search !== undefined && orders.length === 0;
}

/**
 * SQL by the shape of a query: its columns, operators and orders. It is written once per shape, and
 * the same text finds its statement prepared.
 */
export class Compiler {
	/** All that a query of this table can name. */
	readonly fields: Fields;
	readonly #shape: TableShape;
	readonly #cache = new BoundedCache<string>(500);

	constructor(shape: TableShape) {
		this.#shape = shape;
		this.fields = shape.places;
	}

	select(state: QueryState, columns: readonly Column[]): string {
		const names = columns === this.#shape.visible ? "" : columns.map(({ name }) => name);
		return this.#cache.getOrMake(`select ${names} ${state.shape} by ${state.by}`, () => {
			const list = commas(columns.map(({ name }) => this.#column(name)));
			const orders = this.#orderBy(this.orders(state));
			const { search } = state;
			if (!search || !isRanked(state)) {
				return sql`select ${list} ${this.#from(state)} order by ${orders}`;
			}
			const from = search.from(this.#table, this.#column("id"));
			const conditions = state.conditions.map((condition) =>
				condition === search ? search.matches : condition.toSql((name) => this.#column(name)),
			);
			return sql`select ${list} from ${from} where ${joinSql("and", conditions)} order by ${commas([search.rank, orders])}`;
		});
	}

	count(state: QueryState): string {
		return this.#cache.getOrMake(
			`count ${state.shape}`,
			() => sql`select count(*) ${this.#from(state)}`,
		);
	}

	ids(state: QueryState): string {
		return this.#cache.getOrMake(
			`ids ${state.shape}`,
			() => sql`select ${this.#column("id")} ${this.#from(state)}`,
		);
	}

	delete(state: QueryState): string {
		return this.#cache.getOrMake(`delete ${state.shape}`, () => sql`delete ${this.#from(state)}`);
	}

	/** One number of all rows. */
	aggregate(state: QueryState, name: "total" | "avg", field: FieldRef): string {
		return this.#cache.getOrMake(
			`${name} ${field.quoted} ${state.shape}`,
			() => sql`select ${raw(name)}(${this.#sql(field).value}) ${this.#from(state)}`,
		);
	}

	/** The first value of the field in that direction. */
	extreme(state: QueryState, { field, direction }: Order): string {
		return this.#cache.getOrMake(`${direction} ${field.quoted} ${state.shape}`, () => {
			const { value, exact } = this.#sql(field);
			const present = sql`${value} is not null`;
			const order = sql`order by ${value} ${raw(direction)} limit 1`;
			return sql`select ${exact} ${this.#from(state, present)} ${order}`;
		});
	}

	/** Each combination of the fields' values, and how many rows have it; the most frequent first. */
	groups(state: QueryState, fields: readonly FieldRef[]): string {
		const shape = `groups ${fields.map(({ quoted }) => quoted)} ${state.shape}`;
		return this.#cache.getOrMake(shape, () => {
			const parts = fields.map((field) => this.#sql(field));
			const list = commas(parts.map(({ exact }) => exact));
			const order = commas([sql`count(*) desc`, ...parts.map(({ value }) => value)]);
			return sql`select ${list}, count(*) ${this.#from(state)} group by ${list} order by ${order}`;
		});
	}

	/** Rows that are equal in all orders stand in the order of their ids, as an index has them. */
	orders({ orders }: QueryState): readonly Order[] {
		const id = this.fields.find("id");
		if (orders.some(({ field }) => field === id)) return orders;
		return [...orders, { field: id, direction: orders.at(-1)?.direction ?? "asc" }];
	}

	#from({ conditions }: QueryState, ...more: Fragment[]): Fragment {
		const from = sql`from ${this.#table}`;
		const columns: Columns = (name) => this.#column(name);
		const all = [...conditions.map((condition) => condition.toSql(columns)), ...more];
		return all.length === 0 ? from : sql`${from} where ${joinSql("and", all)}`;
	}

	get #table(): Fragment {
		return identifier(this.#shape.name);
	}

	#orderBy(orders: readonly Order[]): Fragment {
		const list = orders.map(
			({ field, direction }) => sql`${this.#sql(field).value} ${raw(direction)}`,
		);
		return commas(list);
	}

	#sql(field: FieldRef) {
		return fieldSql(field, this.#column(field.column.name));
	}

	#column(name: string): Fragment {
		return sql`${this.#table}.${identifier(name)}`;
	}
}

/** What it has written for one object serves all others of the isolate. */
export const compilerOf = remembered((shape: TableShape) => new Compiler(shape));
