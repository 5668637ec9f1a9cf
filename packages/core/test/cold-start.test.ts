import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { InvokeCall, SignedIn, UserDO } from "../src/index.js";
import { objectName } from "../src/index.js";
import { newEmail, openSocket, password, sessionOf } from "./helpers.js";
import type { TenTablesDO } from "./worker.js";

type Stub = UserDO & DurableObjectStub<TenTablesDO>;

const create = {
	op: "create",
	collection: "table3",
	data: { title: "A", position: 1 },
};

/** Somebody whose object has ten tables, and statements that it runs. */
async function signUp() {
	const email = newEmail();
	const stub = env.TEN_TABLES.getByName(objectName(email)) as unknown as Stub;
	const signedIn = (await stub.signup({ email, password })) as SignedIn;
	const prototype = await runInDurableObject(
		stub as DurableObjectStub<TenTablesDO>,
		(_, { storage }) => Object.getPrototypeOf(storage.sql),
	);
	/** What a call of this user makes the object run. */
	const record = async (...steps: InvokeCall["steps"]): Promise<string[]> => {
		const statements: string[] = [];
		const { exec } = prototype;
		prototype.exec = function (this: SqlStorage, text: string, ...values: unknown[]) {
			statements.push(text.replaceAll(/\s+/g, " "));
			return exec.call(this, text, ...values);
		};
		try {
			const result = await stub.invoke({ authority: sessionOf(signedIn), steps });
			expect(result).toMatchObject({ ok: true });
		} finally {
			prototype.exec = exec;
		}
		return statements;
	};
	return { stub, record, sid: sessionOf(signedIn).sid };
}

const pragma = "PRAGMA recursive_triggers = 1";
/** Sessions, account, fingerprints, expiry and the place in the log, all at once. */
const woken = expect.stringMatching(/^SELECT \(SELECT .* AS newest$/);

const calls: [string, InvokeCall["steps"]][] = [
	["getUser", [{ name: "getUser", args: [] }]],
	["getEntries", [{ name: "getEntries", args: [{ key: "a" }] }]],
	["listRows", [{ name: "listRows", args: ["table3", { limit: 20 }] }]],
	["set", [{ name: "set", args: ["a", 1] }]],
	["runOperation", [{ name: "runOperation", args: [create] }]],
];

/** What it takes to wake for a call, beyond what the call itself takes. */
it.each(calls)("wakes for %s by one query, and changes no schema", async (_, steps) => {
	const { stub, record } = await signUp();
	await record(...steps);
	await evictDurableObject(stub);
	const cold = await record(...steps);
	const warm = await record(...steps);
	for (const text of cold) expect(text).not.toMatch(/^(CREATE|ALTER|DROP)/i);
	const extra = cold.filter((text) => !warm.includes(text));
	// It sets the connection, and reads nothing.
	expect(extra).toEqual([pragma, woken]);
});

it("wakes with sockets by one query as well", async () => {
	const { stub, record, sid } = await signUp();
	await openSocket(stub, { sid });
	await evictDurableObject(stub);
	const [step] = calls[0]?.[1] ?? [];
	const cold = await record(...(step ? [step] : []));
	expect(cold.slice(0, 2)).toEqual([pragma, woken]);
	expect(cold.length).toBe(3);
});

it("looks for keys that expire once, while none does", async () => {
	const { record } = await signUp();
	await record({ name: "set", args: ["a", 1] });
	const statements = await record({ name: "set", args: ["a", 2] });
	expect(statements.filter((text) => text.includes("expires_at <="))).toEqual([]);
	expect(statements.filter((text) => text.startsWith("SELECT min(expires_at)"))).toEqual([]);
});
