import { evictDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { changesIn, invoke, newEmail, openSocket, server, signUp, stubOf } from "./helpers.js";

it("tells sockets of writes by Drizzle in a method that is called directly", async () => {
	const { stub, session } = await signUp();
	const { received, wait } = await openSocket(stub, session);
	await evictDurableObject(stub);
	const rows = await stub.addByDrizzle("hello");
	expect(rows).toMatchObject([{ text: "hello", done: true }]);
	await wait(3);
	expect(changesIn(received)).toMatchObject([
		{ seq: 1, event: "table:notes", data: { type: "create", data: { text: "hello" } } },
		{ seq: 2, event: "table:notes", data: { type: "update", data: { done: true } } },
	]);
});

it("tells nothing of what a transaction of Drizzle takes back, and misses nothing after it", async () => {
	const { stub, session } = await signUp();
	const { received, wait } = await openSocket(stub, session);
	await stub.addAfterDrizzleRollback("stays");
	await stub.announce("done", 1);
	await wait(3);
	expect(changesIn(received)).toMatchObject([{ seq: 1, data: { data: { text: "stays" } } }]);
	expect(received.at(-1)).toMatchObject({ type: "event", event: "done" });
});

it("makes the tables of an object that nobody signed up to", async () => {
	const stub = stubOf(newEmail());
	expect(await stub.addByDrizzle("hello")).toHaveLength(1);
});

it("shows the database to nobody outside of the class", async () => {
	const { stub, session } = await signUp();
	for (const authority of [session, server]) {
		for (const steps of [
			[{ name: "db" }, { name: "select", args: [] }],
			[{ name: "db", args: [] }],
			[{ name: "notes" }, { name: "drizzle", args: [] }],
			[{ name: "notes" }, { name: "drizzle" }],
		]) {
			expect(await invoke(stub, authority, ...steps)).toMatchObject({
				error: { code: "not_found" },
			});
		}
	}
	const error = await Promise.resolve(Reflect.get(stub, "db")).catch((error: unknown) => error);
	expect(String(error)).toContain("does not implement");
});
