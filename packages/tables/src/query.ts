import { checkCount, checkOptions, maxRows } from "./arguments.js";
import { type Column, decodeRow } from "./columns.js";
import { isRanked, type QueryState } from "./compiler.js";
import { type Condition, toCondition } from "./conditions.js";
import { afterCursor, toCursor } from "./cursor.js";
import type { DeclaredTable } from "./engine.js";
import { invalid, nameOf } from "./errors.js";
import { decodeField, type FieldRef } from "./field.js";
import { compare } from "./operators.js";
import type { AnyPage, AnyQuery } from "./query-types.js";
import type { Relation } from "./relations.js";
import { searchCondition } from "./search.js";
import { rows, rowsWithin, type SqlValue } from "./sql.js";
import { validatePatch } from "./validation.js";

type Row = Record<string, unknown>;

interface State extends QueryState {
	/** Of `select`. */
	columns?: readonly Column[];
	relations?: readonly Relation[];
}

const empty: State = { conditions: [], shape: "", values: [], terms: 0, orders: [], by: "" };

/** SQLite refuses expressions nested 100 deep, and 100 bound values. */
const maxTerms = 90;
const maxValues = 100;
const maxOrders = 16;
const pageSize = 50;

/** Everything a caller names is looked up in the definition: no text of theirs becomes SQL. */
export class SqlQuery implements AnyQuery {
	readonly #source: DeclaredTable;
	readonly #state: State;

	constructor(source: DeclaredTable, state: State = empty) {
		this.#source = source;
		this.#state = state;
	}

	where(field: unknown, operator?: unknown, value?: unknown): SqlQuery {
		const { fields } = this.#source.compiler;
		if (typeof field === "object" && operator === undefined) {
			return this.#and(toCondition(fields, field));
		}
		return this.#and(compare(fields.find(field), operator, value));
	}

	or(conditions: unknown): SqlQuery {
		return this.#and(toCondition(this.#source.compiler.fields, { or: conditions }));
	}

	not(condition: unknown): SqlQuery {
		return this.#and(toCondition(this.#source.compiler.fields, { not: condition }));
	}

	orderBy(name: unknown, direction: unknown = "asc"): SqlQuery {
		const field = this.#sortable(name);
		if (direction !== "asc" && direction !== "desc") {
			throw invalid("direction", "The direction is asc or desc.");
		}
		const orders = [...this.#state.orders, { field, direction } as const];
		if (orders.length > maxOrders) {
			throw invalid("orderBy", `A query is sorted by at most ${maxOrders} fields.`);
		}
		return this.#with({ orders, by: `${this.#state.by},${field.quoted} ${direction}` });
	}

	limit(count: unknown): SqlQuery {
		return this.#with({ limit: checkCount("limit", count, 0, maxRows) });
	}

	offset(count: unknown): SqlQuery {
		return this.#with({ offset: checkCount("offset", count, 0, Number.MAX_SAFE_INTEGER) });
	}

	select(names: unknown): SqlQuery {
		const columns = this.#list("select", names).map((name) => {
			const { column, keys } = this.#source.compiler.fields.find(name);
			if (keys.length > 0) throw invalid(nameOf(name, "select"), "This is inside of a field.");
			return column;
		});
		return this.#with({ columns: [...new Set(columns)] });
	}

	search(words: unknown): SqlQuery {
		if (this.#state.search) throw invalid("search", "A query is searched once.");
		const search = searchCondition(this.#source.definition, words);
		// A text without words is in all rows.
		return search ? this.#with({ search }).#and(search) : this;
	}

	with(name: unknown, table?: { readonly name: string }): SqlQuery {
		const relation = this.#source.relation(name);
		if (table !== undefined && table.name !== relation.table) {
			throw invalid("with", `The rows of ${relation.name} are of another table.`);
		}
		const others = (this.#state.relations ?? []).filter((each) => each.name !== name);
		return this.#with({ relations: [...others, relation] });
	}

	get(): Row[] {
		return this.#rows(this.#state, this.#state.limit);
	}

	first(): Row | undefined {
		return this.#rows(this.#state, Math.min(this.#state.limit ?? 1, 1))[0];
	}

	page(options?: unknown): AnyPage {
		return this.pageWithin(Number.POSITIVE_INFINITY, options);
	}

	/** A page that ends early once its texts have that many characters: for whoever is not trusted. */
	pageWithin(most: number, options?: unknown): AnyPage {
		const given = checkOptions(options, ["after", "limit"]);
		const limit = checkCount("limit", given.limit ?? pageSize, 1, maxRows);
		this.#refuse("page", ["limit", "offset"]);
		if (isRanked(this.#state)) {
			throw invalid("orderBy", "Pages of a search need an order: its ranks change with the rows.");
		}
		const orders = this.#source.compiler.orders(this.#state);
		const start = given.after ?? null;
		const state = start === null ? this.#state : adding(this.#state, afterCursor(orders, start));
		// SQLite returns at most 100 columns: those that give the cursor are added only once.
		const columns = this.#columnsWith(orders.map(({ field }) => field.column));
		// One more than asked for tells whether there is a next page.
		const { found, isCut } = this.#readWithin(most, state, { limit: limit + 1, columns });
		const page = found.slice(0, limit);
		const end = page.at(-1);
		return {
			items: this.#toRows(page, columns),
			pageInfo: {
				endCursor: end ? toCursor(orders, columns, end) : null,
				hasNextPage: isCut || found.length > limit,
			},
		};
	}

	count(): number {
		const { limit = Number.POSITIVE_INFINITY, offset = 0 } = this.#state;
		const [row] = this.#run(this.#source.compiler.count(this.#state));
		return Math.min(Math.max(Number(row?.[0] ?? 0) - offset, 0), limit);
	}

	exists(): boolean {
		const { limit, offset = 0 } = this.#state;
		if (limit === 0) return false;
		const text = `${this.#source.compiler.ids(this.#state)} limit 1 offset ${offset}`;
		return this.#run(text).length > 0;
	}

	sum(name: unknown): number {
		return this.#aggregate("total", name) ?? 0;
	}

	avg(name: unknown): number | undefined {
		return this.#aggregate("avg", name);
	}

	min(name: unknown): unknown {
		return this.#extreme("asc", name);
	}

	max(name: unknown): unknown {
		return this.#extreme("desc", name);
	}

	groupBy(names: unknown): { key: Row; count: number }[] {
		this.#refuse("groupBy", ["offset"]);
		const list = typeof names === "string" ? [names] : names;
		const found = this.#list("groupBy", list).map((name) => this.#sortable(name));
		const fields = [...new Set(found)];
		if (fields.length > maxOrders) {
			throw invalid("groupBy", `Rows are grouped by at most ${maxOrders} fields.`);
		}
		const { limit } = this.#state;
		const text = this.#source.compiler.groups(this.#state, fields);
		return this.#run(limit === undefined ? text : `${text} limit ${limit}`).map((values) => ({
			key: Object.fromEntries(
				fields.map((field, i) => [field.name, decodeField(field, values[i] ?? null)]),
			),
			count: Number(values.at(-1)),
		}));
	}

	deleteWhere(): number {
		this.#checkBulk("deleteWhere");
		// A cascade may take rows along that the statement would have come to later.
		const count = this.#source.isReferred() ? this.count() : undefined;
		const text = this.#source.compiler.delete(this.#state);
		const deleted = this.#source.deleteBy(text, this.#state.values);
		return count ?? deleted;
	}

	updateWhere(patch: unknown): number {
		this.#checkBulk("updateWhere");
		const fields = validatePatch(this.#source.definition, patch);
		if (Object.hasOwn(fields, "id")) throw invalid("id", "An id can't be changed.");
		// Found before anything is written: a patch may change what the query looks for.
		const ids = this.#run(this.#source.compiler.ids(this.#state)).map(([id]) => String(id));
		this.#source.updateEach(ids, fields);
		return ids.length;
	}

	/** SQLite deletes and updates without order or limit; all rows are nobody's slip. */
	#checkBulk(name: string): void {
		this.#refuse(name, ["limit", "offset"]);
		if (this.#state.orders.length > 0) {
			throw invalid("orderBy", "This takes the rows in no order.");
		}
		if (this.#state.conditions.length === 0) throw invalid("where", "This needs a condition.");
	}

	#refuse(name: string, steps: readonly ("limit" | "offset")[]): void {
		for (const step of steps) {
			if (this.#state[step] !== undefined) {
				throw invalid(step, `A query with ${step} has no ${name}.`);
			}
		}
	}

	#aggregate(kind: "total" | "avg", name: unknown): number | undefined {
		const field = this.#source.compiler.fields.find(name);
		if (field.kind !== "integer" && field.kind !== "real") {
			throw invalid(field.name, "This is no field of numbers.");
		}
		this.#refuse(kind === "avg" ? "avg" : "sum", ["limit", "offset"]);
		const [row] = this.#run(this.#source.compiler.aggregate(this.#state, kind, field));
		return typeof row?.[0] === "number" ? row[0] : undefined;
	}

	#extreme(direction: "asc" | "desc", name: unknown): unknown {
		const field = this.#sortable(name);
		this.#refuse(direction === "asc" ? "min" : "max", ["limit", "offset"]);
		const [row] = this.#run(this.#source.compiler.extreme(this.#state, { field, direction }));
		return row && decodeField(field, row[0] ?? null);
	}

	#sortable(name: unknown): FieldRef {
		const field = this.#source.compiler.fields.find(name);
		if (field.kind === "json") throw invalid(field.name, "JSON has no order.");
		return field;
	}

	#list(path: string, names: unknown): unknown[] {
		if (Array.isArray(names) && names.length > 0) return Array.from(names);
		throw invalid(path, "This must be a list of fields, at least one.");
	}

	#rows(state: State, limit: number | undefined): Row[] {
		const columns = this.#columnsWith([]);
		return this.#toRows(this.#read(state, limit, columns), columns);
	}

	#readWithin(
		most: number,
		state: State,
		{ limit, columns }: { limit: number; columns: readonly Column[] },
	): { found: SqlValue[][]; isCut: boolean } {
		if (most === Number.POSITIVE_INFINITY) {
			return { found: this.#read(state, limit, columns), isCut: false };
		}
		const text = `${this.#source.compiler.select(state, columns)} limit ${limit}`;
		const { values } = state;
		if (values.length > maxValues) throw tooMany();
		return this.#source.read({ found: [] as SqlValue[][], isCut: false }, (sql) =>
			rowsWithin(sql, { text, values, most }),
		);
	}

	#read(state: State, limit: number | undefined, columns: readonly Column[]): SqlValue[][] {
		const { offset } = state;
		const text = this.#source.compiler.select(state, columns);
		// Not bound: SQLite would prepare the statement anew for each LIMIT it is given.
		const limited = limit === undefined && offset === undefined ? "" : ` limit ${limit ?? -1}`;
		return this.#run(text + limited + (offset === undefined ? "" : ` offset ${offset}`), state);
	}

	#run(text: string, { values } = this.#state): SqlValue[][] {
		if (values.length > maxValues) throw tooMany();
		return this.#source.read<SqlValue[][]>([], (sql) => rows(sql, text, ...values));
	}

	/** The columns that rows show, then those that are needed besides. */
	#columnsWith(others: readonly Column[]): readonly Column[] {
		const { columns = this.#source.definition.visible, relations = [] } = this.#state;
		const needed = [...relations.map(({ column }) => column), ...others];
		return needed.every((column) => columns.includes(column))
			? columns
			: [...new Set([...columns, ...needed])];
	}

	#toRows(found: readonly SqlValue[][], columns: readonly Column[]): Row[] {
		const shown = this.#state.columns ?? this.#source.definition.visible;
		const rows = found.map((values) => decodeRow(shown, values));
		for (const { name, column, load } of this.#state.relations ?? []) {
			const at = columns.indexOf(column);
			const keys = found.map((values) => values[at] ?? null);
			const related = load(keys);
			for (const [i, row] of rows.entries()) row[name] = related(keys[i] ?? null);
		}
		return rows;
	}

	#and(condition: Condition): SqlQuery {
		const state = adding(this.#state, condition);
		if (state.terms > maxTerms) throw tooMany();
		return new SqlQuery(this.#source, state);
	}

	#with(state: Partial<State>): SqlQuery {
		return new SqlQuery(this.#source, { ...this.#state, ...state });
	}
}

function adding(state: State, condition: Condition): State {
	const { shape, values, terms } = condition;
	const isFirst = state.conditions.length === 0;
	return {
		...state,
		conditions: isFirst ? [condition] : [...state.conditions, condition],
		shape: isFirst ? shape : `${state.shape},${shape}`,
		values: isFirst ? values : [...state.values, ...values],
		terms: state.terms + Math.max(values.length, terms),
	};
}

function tooMany() {
	return invalid("where", "This query has too many conditions.");
}
