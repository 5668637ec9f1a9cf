import { checkOptions } from "./arguments.js";
import { maxLevel } from "./conditions.js";
import type { Definition } from "./definition.js";
import { invalid } from "./errors.js";
import type { Fields } from "./field.js";
import { isPlainObject } from "./json.js";
import { fromJson, inputKind, isTextKind, type TextKind, toJsonRow } from "./json-values.js";
import type { SqlQuery } from "./query.js";
import type { AnyTable, ChangeLog, JsonList, JsonRow, JsonTable } from "./types.js";

/** Characters of a list's texts. Of rows of 2 MB a thousand would be more than an isolate holds. */
const maxLength = 8 * 1024 * 1024;
/** Comparisons that look through whole texts or lists, of each row: they take their time. */
const maxScans = 10;
const scans: readonly unknown[] = ["contains", "includes"];

type Kinds = Record<string, TextKind>;

export interface JsonSource {
	table: SqlQuery & AnyTable;
	definition: Definition;
	/** All that a query can name. */
	fields: Fields;
	changes: ChangeLog;
}

/** A table whose rows travel as JSON: what comes is taken back from text, what goes is made text. */
export class SqlJsonTable implements JsonTable {
	readonly #source: JsonSource;
	/** The fields whose schema takes a date or a bigint, and our own times. */
	readonly #inputs = new Map<string, TextKind>();

	constructor(source: JsonSource) {
		this.#source = source;
		for (const { field, kind, schema } of source.definition.visible) {
			const input = schema ? inputKind(schema) : kind;
			if (input && isTextKind(input)) this.#inputs.set(field, input);
		}
	}

	list(query: unknown): JsonList {
		const given = checkOptions(query, ["where", "orderBy", "limit", "after"]);
		const kinds: Kinds = {};
		const sorted = this.#sort(this.#find(given.where, kinds), given.orderBy, kinds);
		const { limit, after } = given;
		const { items, pageInfo } = sorted.pageWithin(maxLength, { limit, after });
		return {
			items: items.map((row) => this.#toJson(row)),
			pageInfo,
			snapshot: this.#snapshot(),
			...(Object.keys(kinds).length > 0 && { kinds }),
		};
	}

	count(where: unknown) {
		return { count: this.#find(where, {}).count(), snapshot: this.#snapshot() };
	}

	find(id: string): JsonRow | undefined {
		const row = this.#source.table.findById(id);
		return row && this.#toJson(row);
	}

	create(data: unknown): JsonRow {
		return this.#toJson(this.#source.table.create(this.#fromJson(data)));
	}

	upsert(data: unknown, options: { on: string | readonly string[] }): JsonRow {
		return this.#toJson(this.#source.table.upsert(this.#fromJson(data), options));
	}

	update(id: string, patch: unknown, { ifUpdatedAt }: { ifUpdatedAt?: unknown } = {}): JsonRow {
		const options = { ifUpdatedAt: fromJson("date", ifUpdatedAt) };
		return this.#toJson(this.#source.table.update(id, this.#fromJson(patch), options));
	}

	delete(id: string): boolean {
		return this.#source.table.delete(id);
	}

	#snapshot() {
		return this.#source.changes.snapshot;
	}

	#toJson(row: JsonRow): JsonRow {
		return toJsonRow(this.#source.definition.visible, row);
	}

	/** Fields of a row or a patch. */
	#fromJson(fields: unknown): unknown {
		if (!isPlainObject(fields)) return fields;
		const taken = { ...fields };
		for (const [field, kind] of this.#inputs) {
			if (Object.hasOwn(taken, field)) taken[field] = fromJson(kind, taken[field]);
		}
		return taken;
	}

	#find(where: unknown = [], kinds: Kinds): SqlQuery {
		if (!Array.isArray(where)) throw invalid("where", "This must be a list of conditions.");
		if (countScans(where) > maxScans) {
			throw invalid("where", `At most ${maxScans} conditions look into texts or lists.`);
		}
		let query: SqlQuery = this.#source.table;
		for (const condition of where) query = query.where(this.#condition(condition, kinds));
		return query;
	}

	#sort(query: SqlQuery, orderBy: unknown = [], kinds: Kinds): SqlQuery {
		if (!Array.isArray(orderBy)) throw invalid("orderBy", "This must be a list of orders.");
		let sorted = query;
		for (const order of orderBy) {
			if (!Array.isArray(order)) throw invalid("orderBy", "An order is a field and a direction.");
			const [field, direction] = order;
			this.#kindOf(field, kinds);
			sorted = sorted.orderBy(field, direction);
		}
		return sorted;
	}

	/** The condition with its values; what is none stays, to be refused by the query. */
	#condition(condition: unknown, kinds: Kinds, level = 0): unknown {
		if (level > maxLevel) return condition;
		if (Array.isArray(condition)) {
			const [field, operator, value, ...others] = condition;
			const kind = this.#kindOf(field, kinds);
			// JSON has no undefined in a list.
			if (operator === "is-null" && value === null) return [field, operator, undefined, ...others];
			if (kind === undefined) return condition;
			const taken = Array.isArray(value)
				? Array.from(value, (entry) => fromJson(kind, entry))
				: fromJson(kind, value);
			return [field, operator, taken, ...others];
		}
		if (!isPlainObject(condition)) return condition;
		const inner = (part: unknown) => this.#condition(part, kinds, level + 1);
		const parts = Object.entries(condition).map(([kind, part]) => {
			if (kind === "not") return [kind, inner(part)];
			return [kind, Array.isArray(part) ? Array.from(part, inner) : part];
		});
		return Object.fromEntries(parts);
	}

	/** Notes the field where JSON has its values as text. */
	#kindOf(name: unknown, kinds: Kinds): TextKind | undefined {
		const kind = this.#source.fields.look(name)?.kind;
		if (kind === undefined || !isTextKind(kind)) return undefined;
		kinds[String(name)] = kind;
		return kind;
	}
}

/** How many conditions look through whole texts or lists. */
function countScans(condition: unknown, level = 0): number {
	// What is nested deeper is refused.
	if (level > maxLevel + 1 || typeof condition !== "object" || condition === null) return 0;
	if (Array.isArray(condition) && typeof condition[0] === "string") {
		return scans.includes(condition[1]) ? 1 : 0;
	}
	return Object.values(condition).reduce((sum, part) => sum + countScans(part, level + 1), 0);
}
