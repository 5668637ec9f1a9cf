import { createDatabase } from "@userdo/tables";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { exportStream } from "../src/export.js";
import type { SignedIn } from "../src/index.js";
import { KeyValueStore } from "../src/kv.js";
import {
	inObject,
	invoke,
	newEmail,
	openSocket,
	password,
	refusal,
	signUp,
	stubOf,
} from "./helpers.js";

const parse = (text: string) =>
	text
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

describe("the export", () => {
	it("travels by one call, of a session or directly", async () => {
		const { stub, session } = await signUp();
		await stub.addNote("a note");
		const result = await invoke(stub, session, { name: "exportData", args: [] });
		const { value } = result as { value: ReadableStream };
		const lines = parse(await new Response(value).text());
		expect(lines.map(({ type }) => type)).toEqual(["user", "row", "end"]);
		expect(parse(await new Response(await stub.exportData()).text())).toEqual(lines);
	});

	it("has rows as events have them", async () => {
		const { stub, session } = await signUp();
		const socket = await openSocket(stub, session);
		await stub.addNote("a note");
		const frames = (await socket.wait(2)) as { changes: { data: { data: unknown } }[] }[];
		const lines = parse(await new Response(await stub.exportData()).text());
		expect(lines.find(({ type }) => type === "row").row).toEqual(frames[1]?.changes[0]?.data.data);
	});

	it("is refused where nobody signed up, and writes nothing there", async () => {
		const stub = stubOf(newEmail());
		expect(await refusal(stub.exportData())).toMatchObject({ code: "not_found" });
		const tables = await inObject(stub, (_object, { storage }) =>
			storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
		);
		expect(tables).toEqual([]);
	});

	it("has every key and row of many pages once, and never reads far ahead of its reader", async () => {
		await inObject(stubOf(newEmail()), async (_object, { storage }) => {
			const database = createDatabase(storage);
			const schema = z.object({ n: z.number(), size: z.bigint(), at: z.date(), text: z.string() });
			const table = database.table("things", schema);
			database.table("empty", z.object({ a: z.string() }));
			const kv = new KeyValueStore(storage, { changes: database.changes });
			for (let n = 0; n < 100; n++) kv.set(`key ${n}`, n);
			const big = 12345678901234567890n;
			const text = "x".repeat(20_000);
			for (let n = 0; n < 100; n++) table.create({ n, size: big, at: new Date(0), text });
			let pages = 0;
			const counted = new Proxy(database.tables.get("things") as object, {
				get: (target, name) => {
					if (name !== "orderBy") return Reflect.get(target, name);
					return (field: string) => {
						const query = table.orderBy(field as "n");
						return {
							page: (options: { limit: number }) => {
								pages++;
								return query.page(options);
							},
						};
					};
				},
			});
			const tables = new Map(database.tables).set("things", counted as never);
			const user = { id: "id", email: "a@b.c", emailVerified: false, createdAt: "" };
			const stream = exportStream({ user, kv, tables, isAllowed: () => true });
			const reader = stream.getReader();
			const decoder = new TextDecoder();
			let all = "";
			for (;;) {
				const { done, value } = await reader.read();
				if (done) break;
				expect(value.length).toBeLessThan(100_000);
				all += decoder.decode(value, { stream: true });
				const rows = all.split('"type":"row"').length - 1;
				expect(pages).toBeLessThanOrEqual(Math.ceil((rows + 1) / 16));
			}
			expect(pages).toBe(7);
			const lines = parse(all);
			const keys = lines.filter(({ type }) => type === "key").map(({ value }) => value);
			expect(keys.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
			const rows = lines.filter(({ type }) => type === "row").map(({ row }) => row);
			expect(rows.map(({ n }) => n).sort((a, b) => a - b)).toEqual(keys);
			expect(rows[0]).toMatchObject({ size: big.toString(), at: "1970-01-01T00:00:00.000Z" });
			expect(lines.at(-1)).toEqual({ type: "end", keys: 100, rows: { things: 100, empty: 0 } });
		});
	});

	it("breaks off when the account is deleted or its session ends meanwhile", async () => {
		for (const end of ["eraseAccount", "logout"] as const) {
			const { email, stub, session } = await signUp();
			const text = "x".repeat(500_000);
			for (let n = 0; n < 10; n++) await stub.addNote(text);
			const result = await invoke(stub, session, { name: "exportData", args: [] });
			const reader = (result as { value: ReadableStream<Uint8Array> }).value.getReader();
			await reader.read();
			await stub[end]();
			if (end === "eraseAccount") (await stub.signup({ email, password })) as SignedIn;
			let failed = false;
			let bytes = 0;
			try {
				for (;;) {
					const { done, value } = await reader.read();
					if (done) break;
					bytes += value.length;
				}
			} catch {
				failed = true;
			}
			expect(failed).toBe(true);
			expect(bytes).toBeLessThan(4_000_000);
		}
	});
});
