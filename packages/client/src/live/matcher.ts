/** A row as JSON has it. */
export type Row = Record<string, unknown>;

/** A condition as data: `["stars", ">", 5]`, or several of them under one of the words. */
export type Condition =
	| readonly unknown[]
	| { readonly or: readonly Condition[] }
	| { readonly and: readonly Condition[] }
	| { readonly not: Condition };

export type Order = readonly [field: string, direction: "asc" | "desc"];

/** The fields whose text in JSON is not in the order of their values. */
export type Kinds = Readonly<Record<string, "date" | "bigint">>;

/**
 * Whether the server's SQL would find the row by that condition. A comparison with what is absent is
 * false and not unknown: the two differ nowhere, since `not` of the server is true for both.
 *
 * It can't know that SQLite reads some decimal fractions inside of JSON fields one unit off, nor what
 * JSON has no number for: an infinite one looks absent.
 */
export function matches(row: Row, condition: Condition, kinds: Kinds): boolean {
	if (!isList(condition)) {
		const matching = (part: Condition) => matches(row, part, kinds);
		if ("not" in condition) return !matching(condition.not);
		return "or" in condition ? condition.or.some(matching) : condition.and.every(matching);
	}
	const [field, operator, operand] = condition as [string, string, unknown];
	const value = valueAt(row, field);
	const isPresent = value !== null;
	const order = (other: unknown) =>
		compare(comparable(value, kinds[field]), comparable(other, kinds[field]));
	const isListed = isList(operand) && operand.some((entry) => order(entry) === 0);
	// Own writes are not checked yet: what should be text may be anything.
	switch (operator) {
		case "in":
			return isListed;
		case "not-in":
			return !isListed;
		case "is-null":
			return isPresent !== (operand ?? true);
		case "starts-with":
			return (value as string | null)?.startsWith?.(operand as string) as boolean;
		case "contains":
		case "includes":
			// Of a text, or of a list.
			return (value as string | null)?.includes?.(operand as string) as boolean;
	}
	const sign = order(operand);
	if (operator === "!=") return sign !== 0;
	// One of <, <=, ==, >= and >.
	return sign === 0 ? operator[1] === "=" : isPresent && operator[0] === (sign < 0 ? "<" : ">");
}

/** Puts rows into the order of the server's SQL: equal ones by their ids, what is absent first. */
export function comparator(orders: readonly Order[], kinds: Kinds): (a: Row, b: Row) => number {
	const all: readonly Order[] = [...orders, ["id", orders.at(-1)?.[1] ?? "asc"]];
	return (a, b) => {
		for (const [field, direction] of all) {
			const of = (row: Row) => comparable(valueAt(row, field), kinds[field]);
			const sign = compare(of(a), of(b));
			if (sign !== 0) return direction === "asc" ? sign : -sign;
		}
		return 0;
	};
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** What stands at `author.name`; null where nothing does. */
function valueAt(row: Row, path: string): unknown {
	let value: unknown = row;
	for (const key of path.split(".")) {
		// Not what JavaScript finds: a text has a length, and any object a constructor.
		const isFound = Object(value) === value && !isList(value) && Object.hasOwn(value as Row, key);
		value = isFound ? (value as Row)[key] : null;
	}
	return value ?? null;
}

/** What `<` puts into the order of SQLite. */
function comparable(value: unknown, kind: Kinds[string] | undefined): unknown {
	if (typeof value !== "string") return value;
	if (kind === "date") return Date.parse(value);
	// Own writes are not checked yet, and BigInt() would throw.
	if (kind === "bigint" && /^-?\d+$/.test(value)) return BigInt(value);
	// By code points, as UTF-8: the halves of the large ones go behind all others.
	return value.replace(/[\ud800-\uffff]/g, (unit) =>
		String.fromCharCode(unit.charCodeAt(0) + (unit < "\ue000" ? 0x2000 : -0x800)),
	);
}

/** Negative where a comes first. What is absent comes before all else. */
function compare(a: unknown, b: unknown): number {
	return (
		Number(a !== null) - Number(b !== null) ||
		Number((a as number) > (b as number)) - Number((a as number) < (b as number))
	);
}
