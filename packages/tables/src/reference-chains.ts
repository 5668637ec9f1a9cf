import type { StoredReferences } from "./ddl.js";

/** How deep triggers nest on Cloudflare: a deletion in the first table runs those of ten. */
const maxTables = 10;

interface Link {
	parent: string;
	table: string;
	column: string;
	/** Whether a deletion goes on from there. */
	cascades: boolean;
}

/**
 * The links by which a deletion leads through that table, and through more tables than it can:
 * SQLite would refuse every deletion in the first one, whatever rows there are.
 */
export function findLongChain(
	stored: readonly [string, StoredReferences][],
	table: string,
): Link[] | undefined {
	const links = stored.flatMap(([table, references]) => linksOf(table, references));
	const byParent = Map.groupBy(links, ({ parent }) => parent);
	for (const root of rootsOf(links, table)) {
		const chain = follow(byParent, root, [], new Set([root]));
		if (chain) return chain;
	}
	return undefined;
}

/** A restriction only looks at rows. */
function linksOf(table: string, references: StoredReferences): Link[] {
	return Object.entries(references)
		.filter(([, [, onDelete]]) => onDelete !== "restrict")
		.map(([column, [parent, onDelete]]) => ({
			parent,
			table,
			column,
			cascades: onDelete === "cascade",
		}));
}

/** The table, and all whose rows take rows of it with them. */
function rootsOf(links: readonly Link[], table: string): Set<string> {
	const byTable = Map.groupBy(links, (link) => link.table);
	const roots = new Set([table]);
	// Also through those that are added meanwhile.
	for (const root of roots) {
		for (const { parent, cascades } of byTable.get(root) ?? []) {
			if (cascades || root === table) roots.add(parent);
		}
	}
	return roots;
}

/** As SQLite prepares the statement: what it has met already it takes from there. */
function follow(
	byParent: ReadonlyMap<string, readonly Link[]>,
	table: string,
	before: readonly Link[],
	met: Set<string>,
): Link[] | undefined {
	const links = byParent.get(table) ?? [];
	for (const link of [...links].sort((a, b) => Number(b.cascades) - Number(a.cascades))) {
		if (link.cascades && met.has(link.table)) continue;
		const chain = [...before, link];
		if (chain.length >= maxTables) return chain;
		if (!link.cascades) continue;
		met.add(link.table);
		const found = follow(byParent, link.table, chain, met);
		if (found) return found;
	}
	return undefined;
}
