import type { Fingerprint } from "./ddl.js";
import type { Definition } from "./definition.js";

/** Columns of a stored table, beyond those of the definition that it was last brought to. */
export interface Additions {
	/** What each deployment since the last step has added to those before. */
	added: string[][];
	/** Kinds, by column, of what a newer deployment has added: this one was deployed after it. */
	kept: Record<string, string>;
}

/**
 * What becomes of them with that definition. Fields that it lacks are kept where it lacks all that
 * the newest deployments have added, and nothing is new: then it is one of before them. Such columns
 * can't stand in its way, since none of ours but the key and the dates is NOT NULL.
 */
export function nextAdditions(
	{ columns, added = [], kept = {} }: Fingerprint,
	definition: Definition,
	{ stepped, isNew }: { stepped: boolean; isNew: (column: string) => boolean },
): Additions {
	const names = definition.columns.map(({ name }) => name);
	const own = new Set(names);
	const lacking = Object.keys(columns).filter((name) => !own.has(name));
	const isOlder = !stepped && !names.some(isNew) && isBefore(added, lacking, own);
	const fresh = names.filter((name) => !(name in columns) && !(name in kept));
	const others = Object.keys(kept).filter((name) => !own.has(name) && !isNew(name));
	return {
		// A step may have left of them what it likes.
		added: stepped ? [] : [...added, ...(fresh.length > 0 ? [fresh] : [])],
		kept: {
			...Object.fromEntries(others.map((name) => [name, kept[name] ?? ""])),
			// Rows of this deployment lack it.
			...Object.fromEntries(
				(isOlder ? lacking : []).map((name) => [name, asOptional(columns[name] ?? "")]),
			),
		},
	};
}

/** Whether they are of the newest deployments, of which nothing else is there either. */
function isBefore(
	added: readonly string[][],
	lacking: readonly string[],
	own: ReadonlySet<string>,
): boolean {
	const at = added.findLastIndex((names) => names.some((name) => own.has(name)));
	const newer = new Set(added.slice(at + 1).flat());
	return lacking.every((name) => newer.has(name));
}

function asOptional(kind: string): string {
	return kind.endsWith("?") ? kind : `${kind}?`;
}
