import { UserDOError } from "@userdo/contracts/errors";
import { v7 } from "uuid";
import {
	changedMeanwhile,
	checkId,
	checkList,
	checkOptions,
	checkSystemFields,
	splitPatch,
	uniqueKey,
} from "./arguments.js";
import { encode } from "./columns.js";
import type { Definition } from "./definition.js";
import { requireDriver } from "./drizzle-driver.js";
import { atIndex, invalid } from "./errors.js";
import { SqlQuery } from "./query.js";
import { checkSize } from "./row-size.js";
import type { RowStore } from "./row-store.js";
import type { SqlValue } from "./sql.js";
import type { AnyTable } from "./types.js";
import { validatePatch, validateRow } from "./validation.js";

type Fields = Record<string, unknown>;

/** One declared table, whether it is stored yet or not. It is the query for all of its rows. */
export class SqlTable extends SqlQuery implements AnyTable {
	readonly definition: Definition;
	readonly #rows: RowStore;

	constructor(rows: RowStore) {
		super(rows);
		this.definition = rows.definition;
		this.#rows = rows;
	}

	get name(): string {
		return this.definition.name;
	}

	get drizzle(): unknown {
		return requireDriver().table(this.definition);
	}

	create(data: unknown): Fields {
		const values = this.#prepare(data);
		this.#rows.insert(values);
		return this.#rows.toRow(values);
	}

	createMany(list: unknown): Fields[] {
		// Not by map(): it passes over holes.
		const prepared = Array.from(checkList(list), (data, i) =>
			atIndex(i, () => this.#prepare(data)),
		);
		this.#rows.transaction(() => {
			for (const [i, values] of prepared.entries()) atIndex(i, () => this.#rows.insert(values));
		});
		return prepared.map((values) => this.#rows.toRow(values));
	}

	upsert(data: unknown, options: unknown): Fields {
		const { on } = checkOptions(options, ["on"]);
		const { columns } = this.definition;
		const key = uniqueKey(this.definition, on);
		const values = this.#prepare(data);
		const wanted = key.map((i) => values[i] ?? null);
		// NULLs are all different to a unique index.
		const before = wanted.includes(null) ? undefined : this.#rows.findBy(key, wanted);
		if (!before) {
			this.#rows.insert(values);
			return this.#rows.toRow(values);
		}
		const after = columns.map((column, i) => (column.schema ? values[i] : before[i]) ?? null);
		// A default would give the row another id each time.
		if (!Object.hasOwn(Object(data), "id")) after[0] = before[0] ?? null;
		if (after[0] !== before[0]) throw invalid("id", "An id can't be changed.");
		return this.#rows.toRow(this.#rows.replace(before, after));
	}

	findById(id: unknown): Fields | undefined {
		const values = this.#rows.find(checkId(id));
		return values && this.#rows.toRow(values);
	}

	update(id: unknown, patch: unknown, options?: unknown): Fields {
		const key = checkId(id);
		const { ifUpdatedAt } = checkOptions(options, ["ifUpdatedAt"]);
		const version = this.#version(ifUpdatedAt);
		const given = splitPatch(this.definition, patch, key);
		const fields = validatePatch(this.definition, given.fields);
		const before = this.#rows.find(key);
		if (!before) throw new UserDOError("not_found");
		if (version !== undefined && before[this.definition.updatedAt] !== version) {
			throw changedMeanwhile();
		}
		checkSystemFields(this.definition, given.system, before);
		return this.#rows.toRow(this.#rows.patch(before, fields));
	}

	delete(id: unknown): boolean {
		return this.#rows.delete(checkId(id));
	}

	/** The stored values of a new row. */
	#prepare(data: unknown): SqlValue[] {
		const fields = validateRow(this.definition, data);
		const now = Date.now();
		const values: SqlValue[] = [];
		for (const column of this.definition.columns) {
			if (column.schema) values.push(encode(column, fields[column.field]));
			else values.push(column.field === "id" ? v7() : now);
		}
		checkSize(values);
		return values;
	}

	/** The stored form of the `updatedAt` that a caller has seen. */
	#version(seen: unknown): SqlValue | undefined {
		if (seen === undefined) return undefined;
		const { own, columns, updatedAt } = this.definition;
		if (own.has("updatedAt")) {
			const message = "The schema has an updatedAt of its own, which nothing makes later.";
			throw invalid("ifUpdatedAt", message);
		}
		return columns[updatedAt]?.codec.encode(seen, "ifUpdatedAt");
	}
}
