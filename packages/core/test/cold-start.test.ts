import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { InvokeCall, SignedIn, UserDO } from "../src/index.js";
import { objectName } from "../src/index.js";
import { newEmail, password, sessionOf } from "./helpers.js";
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
	return { stub, record };
}

const pragma = "PRAGMA recursive_triggers = 1";
const sessions = expect.stringMatching(/^SELECT .* FROM _userdo_sessions$/);
const account = expect.stringMatching(/^SELECT .* FROM _userdo_account$/);
const expiry = "SELECT min(expires_at) AS next FROM _userdo_kv WHERE expires_at IS NOT NULL";
const fingerprint = "SELECT value FROM _userdo_meta WHERE key = ?";
/** Whether it is to be pruned: with no socket open, only some writes ask. */
const log = expect.stringMatching(/^SELECT .* FROM _userdo_changes\) AS newest$/);

/** What it takes to wake for a call, beyond what the call itself takes. */
it.each<[string, InvokeCall["steps"], unknown[]]>([
	["getUser", [{ name: "getUser", args: [] }], [sessions, account]],
	["getEntries", [{ name: "getEntries", args: [{ key: "a" }] }], [sessions]],
	["listRows", [{ name: "listRows", args: ["table3", { limit: 20 }] }], [sessions, fingerprint]],
	["set", [{ name: "set", args: ["a", 1] }], [sessions, expiry, log]],
	[
		"runOperation",
		[{ name: "runOperation", args: [create] }],
		[sessions, account, fingerprint, log],
	],
])("wakes for %s by these queries alone, and changes no schema", async (_, steps, queries) => {
	const { stub, record } = await signUp();
	await record(...steps);
	await evictDurableObject(stub);
	const cold = await record(...steps);
	const warm = await record(...steps);
	for (const text of cold) expect(text).not.toMatch(/^(CREATE|ALTER|DROP)/i);
	const extra = cold.filter((text) => !warm.includes(text));
	// It sets the connection, and reads nothing.
	expect(extra).toEqual([pragma, ...queries]);
});

it("looks for keys that expire once, while none does", async () => {
	const { record } = await signUp();
	await record({ name: "set", args: ["a", 1] });
	const statements = await record({ name: "set", args: ["a", 2] });
	expect(statements.filter((text) => text.includes("expires_at <="))).toEqual([]);
	expect(statements.filter((text) => text.startsWith("SELECT min(expires_at)"))).toEqual([]);
});
