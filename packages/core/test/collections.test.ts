import { type CollectionInput, type CollectionRow, defineCollections } from "@userdo/contracts";
import { createDatabase } from "@userdo/tables";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { declareTables } from "../src/collections.js";
import type { Remote } from "../src/index.js";
import { inObject, invoke, newEmail, server, stubOf } from "./helpers.js";
import { inShop, openShop } from "./shop.js";
import { type collections, ShopDO } from "./worker.js";

const schema = z.object({ text: z.string(), parentId: z.string().optional() });

describe("collections in the object", () => {
	it("are told to sockets where they are exposed, or where the definition says so", async () => {
		await inObject(stubOf(newEmail()), (_object, { storage }) => {
			const definition = defineCollections({
				shown: { schema, expose: "read" },
				hidden: { schema },
				told: { schema, realtime: true },
				quiet: { schema, expose: "write", realtime: false },
			});
			const database = createDatabase(storage);
			const tables = declareTables(database, definition);
			for (const table of Object.values(tables)) table.create({ text: "a" });
			const events = database.changes.read(0, 10).map(({ event }) => event);
			expect(events).toEqual(["table:shown", "table:told"]);
		});
	});

	it("are tables, with their indexes, references and what the object alone knows", async () => {
		await inObject(stubOf(newEmail()), (_object, { storage }) => {
			const definition = defineCollections({
				notes: {
					schema,
					indexes: ["text"],
					search: ["text"],
					references: {
						parentId: { collection: "notes", onDelete: "cascade", inverse: "children" },
					},
					expose: "read",
				},
				tags: { schema, unique: ["text"], references: { parentId: "notes" }, realtime: false },
			});
			const database = createDatabase(storage);
			const { notes, tags } = declareTables(database, definition);
			const parent = notes.create({ text: "parent" });
			notes.create({ text: "child", parentId: parent.id });
			const tag = tags.create({ text: "red", parentId: parent.id });
			expect(database.changes.seq).toBe(2);
			expect(notes.search("child").with("parent").first()?.parent?.text).toBe("parent");
			expect(notes.with("children", notes).get()[0]?.children).toHaveLength(1);
			expect(tags.with("parent").first()?.parent?.id).toBe(parent.id);
			expect(() => tags.create({ text: "red" })).toThrow(
				expect.objectContaining({ code: "conflict" }),
			);
			// `restrict` is what a mere name means.
			expect(() => notes.delete(parent.id)).toThrow(expect.objectContaining({ code: "conflict" }));
			tags.delete(tag.id);
			notes.delete(parent.id);
			expect(notes.count()).toBe(0);
			// Declared twice, they are the same tables.
			expect(declareTables(database, definition).notes).toBe(notes);

			const later = createDatabase(storage);
			const renamed = z.object({ body: z.string(), parentId: z.string().optional() });
			const next = defineCollections({
				tags: { schema: renamed, references: { parentId: "notes" }, unique: ["body"] },
				notes: definition.notes as never,
			});
			const sql = 'ALTER TABLE "tags" RENAME COLUMN "text" TO "body"';
			const up = (each: SqlStorage) => void each.exec(sql);
			const moved = declareTables(later, next, { tags: { migrations: [{ version: 1, up }] } });
			expect(moved.tags.create({ body: "new" }).body).toBe("new");
		});
	});

	it("refuse options that no collection has", async () => {
		await inObject(stubOf(newEmail()), (_object, { storage }) => {
			const wrong = { notes: { schema, index: ["text"] } } as never;
			expect(() => declareTables(createDatabase(storage), wrong)).toThrow(
				expect.objectContaining({ code: "misconfigured" }),
			);
		});
	});

	it("are typed as tables of their schemas", () => {
		const check = ({ products, shop }: ShopDO) => {
			expectTypeOf(shop.products).toEqualTypeOf(products);
			expectTypeOf(products.name).toEqualTypeOf<"products">();
			const row = products.create({ title: "Pen" });
			expectTypeOf(row.price).toEqualTypeOf<bigint>();
			expectTypeOf(row.soldAt).toEqualTypeOf<Date | undefined>();
			expectTypeOf(products.with("shelf").get()[0]?.shelf?.name).toEqualTypeOf<
				string | undefined
			>();
			expectTypeOf<CollectionInput<typeof collections.products>>().toExtend<
				Parameters<typeof products.create>[0]
			>();
			// @ts-expect-error no such field
			products.where("name", "==", "Pen");
			// @ts-expect-error no such collection
			shop.nothing;
		};
		expect(check).toBeTypeOf("function");
		expectTypeOf<CollectionRow<typeof collections.products>["price"]>().toEqualTypeOf<string>();
	});

	it("are reached from a Worker as fields of their own, or by their group", async () => {
		const { shop, session } = await openShop();
		const create = { name: "create", args: [{ title: "Pen" }] };
		const get = { name: "get", args: [] };
		expect(await invoke(shop, session, { name: "products" }, create)).toMatchObject({ ok: true });
		expect(
			await invoke(shop, session, { name: "shop" }, { name: "products" }, create),
		).toMatchObject({ ok: true });
		expect(
			await invoke(
				shop,
				session,
				{ name: "shop" },
				{ name: "products" },
				{ name: "where", args: ["title", "==", "Pen"] },
				get,
			),
		).toMatchObject({ ok: true, value: [{ title: "Pen" }, { title: "Pen" }] });
		for (const steps of [
			[{ name: "shop" }],
			[{ name: "shop" }, get],
			[{ name: "shop" }, { name: "products" }],
			[{ name: "shop" }, { name: "products", args: [] }],
			[{ name: "shop" }, { name: "nothing" }, get],
			[{ name: "shop" }, { name: "__proto__" }, get],
			[{ name: "shop" }, { name: "constructor" }, get],
			[{ name: "shop" }, { name: "products" }, { name: "products" }, get],
			[{ name: "rang" }, { name: "at", args: [0] }],
			[{ name: "products" }, { name: "json" }, get],
			[{ name: "products" }, { name: "definition" }],
		]) {
			for (const authority of [session, server]) {
				expect(await invoke(shop, authority, ...steps), JSON.stringify(steps)).toMatchObject({
					error: { code: "not_found" },
				});
			}
		}
		const check = (userDO: Remote<ShopDO>) => {
			expectTypeOf(userDO.shop.products.get()).resolves.items.toHaveProperty("price");
			expectTypeOf(userDO.products.findById("")).toEqualTypeOf(userDO.shop.products.findById(""));
			expectTypeOf(userDO.set("key", 1, { ttl: 5 })).resolves.toEqualTypeOf<{ version: number }>();
			// @ts-expect-error no table
			userDO.rang.at(0);
		};
		expect(check).toBeTypeOf("function");
	});

	it("are made at sign-up, with those that other collections refer to", async () => {
		const { shop } = await openShop();
		expect(await inShop(shop, (object) => object.getTables())).toEqual(
			expect.arrayContaining(["shelves", "products", "drafts"]),
		);
		expect(ShopDO.options.keys).toHaveProperty("preferences");
	});
});
