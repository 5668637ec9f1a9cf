import type { ErrorIssue, UserDOError } from "@userdo/contracts/errors";
import { closedValues, hasOther } from "./closed-values.js";
import type { Kind } from "./codecs.js";
import type { Column } from "./columns.js";
import { defaultOf, tableStatement, toLiteral } from "./ddl.js";
import type { Definition } from "./definition.js";
import { misconfigured } from "./errors.js";
import { findMisfit } from "./misfit.js";
import { quoteText } from "./sql.js";
import { newestVersion } from "./steps.js";
import { hasNull, hasRows, isStrict, type StoredColumn } from "./stored-schema.js";
import * as suggest from "./suggestions.js";

/** Why a stored table can't take the shape of its definition. */
export interface Problem extends ErrorIssue {
	suggestions?: readonly suggest.Suggestion[];
}

/** A column as the stored definition had it. */
export interface KnownColumn {
	kind: Kind;
	optional: boolean;
	/** All that it took, where these were few and are known. */
	values: readonly (string | number)[] | undefined;
}

/** A stored table after its steps. */
export interface State {
	definition: Definition;
	/** What its columns held before the steps. */
	known: ReadonlyMap<string, KnownColumn>;
	columns: readonly StoredColumn[];
	/** Columns that were never of a definition, or are kept for a newer deployment. */
	foreign: ReadonlySet<string>;
	/** Whether any step has run: then the columns may hold anything. */
	stepped: boolean;
	/** Missing columns, with what the rows get there. */
	missing: readonly { column: Column; value: string | number | null }[];
}

export function findProblems(sql: SqlStorage, state: State): Problem[] {
	const shape = state.stepped ? shapeProblems(sql, state) : [];
	if (shape.length > 0) return shape;
	const { columns } = state.definition;
	return [
		...removedProblems(state),
		...columns.flatMap((column) => columnProblems(sql, state, column)),
	];
}

/** Of a table that was built again by hand. */
function shapeProblems(sql: SqlStorage, { definition, columns }: State): Problem[] {
	const { name } = definition;
	if (columns.length === 0) {
		return [{ path: name, message: "The steps left no table of this name." }];
	}
	const keys = columns.filter(({ isKey }) => isKey).map((column) => column.name);
	if (isStrict(sql, name) && keys.join() === "id") return [];
	const message = `The steps must build this table as: ${tableStatement(definition)}`;
	return [{ path: name, message }];
}

function removedProblems({ definition, columns, foreign, known, missing }: State): Problem[] {
	const { name: table } = definition;
	const wanted = new Set(definition.columns.map(({ name }) => name));
	const removed = columns.filter(({ name }) => !wanted.has(name) && !foreign.has(name));
	return removed.map(({ name }) => {
		const kind = known.get(name)?.kind;
		const same = missing.filter(({ column }) => column.kind === kind);
		return {
			path: `${table}.${name}`,
			message: `This field was removed, and its values would be lost. ${isNewer("it")}`,
			suggestions: [
				...same.map(({ column }) => suggest.toRename(table, name, column.name)),
				suggest.toDrop(table, name),
			],
		};
	});
}

/** Removed fields and values can't be told from those that are not there yet. */
const isNewer = (what: string) => `If a newer deployment added ${what}, deploy that one again.`;

function columnProblems(sql: SqlStorage, state: State, column: Column): Problem[] {
	const { definition, columns, missing, known, stepped } = state;
	const table = definition.name;
	const { name, kind, codec, optional } = column;
	const problem = (message: string, suggestion?: suggest.Suggestion): Problem[] => [
		{ path: `${table}.${name}`, message, ...(suggestion && { suggestions: [suggestion] }) },
	];
	const found = columns.find((other) => other.name === name);
	if (!found) {
		const isLacking = missing.find((other) => other.column === column)?.value === null;
		if (!isLacking || optional || !hasRows(sql, table)) return [];
		const message = "This field is new and required, and there are rows; give it a default.";
		return problem(message, suggest.toAdd(table, column));
	}
	const before = known.get(name);
	const taken = [...columns, ...definition.columns].map((other) => other.name);
	const convert = () =>
		suggest.toConvert(table, column, { type: found.type, before: before?.kind, taken });
	const isOther = before !== undefined && before.kind !== kind;
	if (found.type !== codec.sqlType || (isOther && !stepped)) {
		const message = isOther
			? `The type of this field changed from ${before.kind} to ${kind}.`
			: `This column is ${found.type || "of no type"}, and must be ${codec.sqlType}.`;
		return problem(message, convert());
	}
	// Values that this layer has not written, or has written as something else.
	const isUnsure = stepped || before === undefined;
	const misfit = isUnsure ? findMisfit(sql, table, column) : undefined;
	if (misfit) {
		const message = `This field is of type ${kind} now, and rows have values that are ${misfit}.`;
		return problem(message, isOther ? convert() : undefined);
	}
	const values = closedValues(column);
	const isNarrower = isUnsure || !before.values?.every((value) => values?.includes(value));
	if (values && isNarrower && hasOther(sql, table, { column: name, values })) {
		const literals = values.map((value) => toLiteral(sql, value));
		const message = `Rows have values that this field takes no longer. ${isNewer("them")}`;
		const isWritable = literals.every((literal) => literal !== undefined);
		return problem(message, isWritable ? suggest.toReplace(table, column, literals) : undefined);
	}
	if (found.notNull && optional) {
		const message = "Rows may lack this field, but its column is NOT NULL.";
		return problem(message, suggest.toLoosen(table, column, taken));
	}
	if (optional || !(isUnsure || before?.optional) || !hasNull(sql, table, name)) return [];
	const value = defaultOf(column);
	const literal = value === null ? undefined : toLiteral(sql, value);
	const message = "This field became required, and rows lack it.";
	return problem(message, suggest.toFill(table, column, literal));
}

/** The error of these problems, with the steps to write. */
export function refusal(
	problems: readonly [Problem, ...Problem[]],
	{ name, migrations }: Definition,
	applied: number,
): UserDOError {
	const newest = newestVersion(migrations);
	if (applied > newest) {
		// Rows of a newer deployment are none of this one's to change.
		const message = `The stored table is of a newer deployment: it is at migration ${applied}, and the newest here is ${newest}.`;
		const bare = problems.map((problem) => ({ path: problem.path, message: problem.message }));
		return misconfigured({ path: name, message }, ...bare);
	}
	let version = newest;
	const issues = problems.map(({ path, message, suggestions = [] }) => {
		if (suggestions.length > 0) version++;
		const others = version > 1 ? "..., " : "";
		const steps = suggestions.map(({ purpose, statements }) => {
			const up = toFunction(statements);
			return `${purpose}: migrations: [${others}{ version: ${version}, up: ${up} }]`;
		});
		return { path, message: [message, ...steps].join(" ") };
	});
	return misconfigured(...(issues as [ErrorIssue, ...ErrorIssue[]]));
}

function toFunction(statements: readonly string[]): string {
	if (statements.length === 0) return "() => {}";
	return `(sql) => { sql.exec(${toSource(statements.join("; "))}) }`;
}

/** JavaScript's source of a text. */
function toSource(text: string): string {
	if (/[\\`\n\r]|\$\{/.test(text)) return JSON.stringify(text);
	return text.includes("'") ? `\`${text}\`` : quoteText(text);
}
