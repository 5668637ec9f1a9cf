/** The contract of an app with so many collections, each with the kinds of fields that apps have. */
export function contractSource(count: number): string {
	const collections = Array.from({ length: count }, (_, index) => collectionSource(index));
	return `import { defineCollections, defineKeys } from "@userdo/contracts";
import * as z from "zod";

export const collections = defineCollections({
${collections.join("")}});

export const keys = defineKeys({
	preferences: z.object({ theme: z.enum(["light", "dark"]), pageSize: z.number().int() }),
	recent: z.array(z.object({ id: z.string(), at: z.iso.datetime() })),
});
`;
}

// Fields of their own names, so that nothing of one collection is known from another.
const collectionSource = (index: number) => `	items${index}: {
		schema: z.object({
			title${index}: z.string().min(1).max(200),
			slug: z.string().regex(/^[a-z0-9-]+$/),
			state: z.enum(["draft", "review", "published", "archived${index}"]).default("draft"),
			stars: z.number().int().min(0).default(0),
			due: z.date().optional(),
			tags: z.array(z.string()).default([]),
			author: z.object({ name: z.string(), address: z.object({ city${index}: z.string() }) }),
			${index > 0 ? "parentId: z.string().optional()," : ""}
		}),
		indexes: ["state", "author.name", ["stars", "createdAt"]],
		unique: ["slug"],
		search: ["title${index}"],
		${index > 0 ? `references: { parentId: "items${index - 1}" },` : ""}
		expose: "write",
	},
`;

/** A frontend that does with each collection what frontends do. */
export function frontendSource(count: number): string {
	const uses = Array.from({ length: count }, (_, index) => useSource(index));
	return `import { UserDOClient } from "@userdo/client";
import { live } from "@userdo/client/live";
import type { CollectionRow } from "@userdo/contracts";
import type { collections, keys } from "./contract.js";

export const client = new UserDOClient<typeof collections, typeof keys>("/api");
export const user = async () => (await client.login("ann@example.com", "secret")).user.email;
export const devices = async () => (await client.sessions()).map(({ device }) => device);
export const preferences = () => client.get("preferences");
client.onChange("recent", (entries) => entries?.map(({ at }) => at));
export const remove = (id: string) =>
	client.batch([
		{ op: "update", collection: "items0", id, patch: { title0: "Bye" } },
		{ op: "delete", collection: "items0", id },
		{ op: "set-key", key: "recent", value: [] },
	]);
${uses.join("")}`;
}

const useSource = (index: number) => `
export type Item${index} = CollectionRow<(typeof collections)["items${index}"]>;
const items${index} = client.collection("items${index}");
export const page${index} = (): Promise<Item${index}[]> =>
	items${index}
		.where("author.address.city${index}", "==", "Berlin")
		.or([["stars", ">", 3], { not: ["state", "==", "draft"] }])
		.orderBy("createdAt", "desc")
		.limit(20)
		.get();
export const write${index} = async (): Promise<Item${index}> => {
	const { id, updatedAt } = await items${index}.create({
		title${index}: "Hello",
		slug: "hello",
		due: new Date(),
		author: { name: "Ann", address: { city${index}: "Berlin" } },
	});
	return items${index}.update(id, { stars: 1, due: null }, { ifUpdatedAt: updatedAt });
};
items${index}.onChange(({ type, data }) => console.log(type, data.title${index}));
const live${index} = live(items${index}, { defaults: { stars: 0, tags: [] } });
live${index}
	.where("state", "!=", "draft")
	.orderBy("title${index}")
	.subscribe(({ data, pending }) => console.log(data.map(({ title${index} }) => title${index}), pending));
live${index}.count().subscribe(({ data }) => console.log(data));
`;
