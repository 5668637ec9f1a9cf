import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { objectName, type SignedIn } from "../src/index.js";
import {
	changesIn,
	inObject,
	invoke,
	newEmail,
	openSocket,
	password,
	refusal,
	server,
	sessionOf,
	signUp,
	stubOf,
} from "./helpers.js";
import type { HooksDO, SlowDO } from "./worker.js";

const state = (stub: ReturnType<typeof stubOf>) =>
	inObject(stub, (_object, { storage }) => ({
		tables: storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
		bytes: storage.sql.databaseSize,
	}));

describe("deleting an account", () => {
	it("C12 leaves the object as one that nobody has touched, without a new instance", async () => {
		const untouched = await state(stubOf(newEmail()));
		const { email, stub, signedIn, session } = await signUp();
		await stub.addNote("a note");
		await stub.set("a", 1);
		await inObject(stub, async (_object, { storage }) => {
			storage.sql.exec("CREATE TABLE own (x)");
			await storage.put("raw", "value");
			await storage.setAlarm(Date.now() + 60_000);
		});
		const instance = await stub.getInstance();
		const call = { name: "deleteAccount", args: [{ password }] };
		expect(await invoke(stub, session, call)).toEqual({ ok: true, value: { ok: true } });
		expect(await state(stub)).toEqual(untouched);
		expect(await inObject(stub, (_object, { storage }) => storage.getAlarm())).toBeNull();
		expect(await runDurableObjectAlarm(stub)).toBe(false);
		expect(await inObject(stub, (_object, { storage }) => storage.get("raw"))).toBeUndefined();
		expect(await refusal(stub.getUser())).toMatchObject({ code: "not_found" });
		expect(await stub.list()).toEqual({});
		expect(await inObject(stub, (object) => object.notes.get())).toEqual([]);
		expect(await refusal(stub.login({ email, password }))).toMatchObject({
			code: "invalid_credentials",
		});
		expect(await refusal(stub.refreshToken(signedIn))).toMatchObject({ code: "unauthorized" });
		expect(await stub.createPasswordReset()).toEqual({ token: null });
		expect(await state(stub)).toEqual(untouched);
		expect(await stub.getInstance()).toBe(instance);
	});

	it("J20 makes its tokens worthless to the next account of that email", async () => {
		const { email, stub, signedIn } = await signUp();
		const { token } = await stub.createPasswordReset();
		await stub.eraseAccount();
		for (const evicted of [false, true]) {
			if (evicted) await evictDurableObject(stub);
			else await stub.signup({ email, password });
			for (const [call, code] of [
				[stub.verifyToken(signedIn), "unauthorized"],
				[stub.refreshToken(signedIn), "unauthorized"],
				[
					stub.confirmPasswordReset({ token: String(token), newPassword: "of the first one" }),
					"invalid_token",
				],
			] as const) {
				expect(await refusal(call)).toMatchObject({ code });
			}
		}
	});

	it("gives the next account an own log, tables that work, and sockets that hear", async () => {
		const { email, stub, session } = await signUp();
		for (let n = 0; n < 150; n++) await stub.addNote(`${n}`);
		const before = await openSocket(stub, session);
		const [hello] = (await before.wait(1)) as { epoch: string }[];
		await stub.eraseAccount();
		expect(await before.closed).toEqual({ code: 4401, reason: "sessionEnded" });
		const next = sessionOf((await stub.signup({ email, password })) as SignedIn);
		const socket = await openSocket(stub, { ...next, query: `?since=1.1&epoch=${hello?.epoch}` });
		await stub.addNote("of the second");
		const [greeting, changes] = (await socket.wait(2)) as [
			{ epoch: string; mode: string },
			unknown,
		];
		expect(greeting.mode).toBe("resync");
		expect(greeting.epoch).not.toBe(hello?.epoch);
		expect(changesIn([changes])).toMatchObject([
			{ seq: 1, event: "table:notes", data: { data: { text: "of the second" } } },
		]);
		expect(await inObject(stub, (object) => object.notes.count())).toBe(1);
	});

	it("closes the developer's own sockets too, also of an object that slept", async () => {
		const { stub, session } = await signUp();
		const own = await openSocket(stub, session);
		await stub.acceptOther();
		await evictDurableObject(stub);
		await stub.eraseAccount();
		expect((await own.closed).code).toBe(4401);
		const open = await inObject(
			stub,
			(_object, ctx) => ctx.getWebSockets().filter(({ readyState }) => readyState === 1).length,
		);
		expect(open).toBe(0);
	});

	it("is not found where nobody signed up, and writes nothing there", async () => {
		const stub = stubOf(newEmail());
		const untouched = await state(stub);
		expect(await refusal(stub.eraseAccount())).toMatchObject({ code: "not_found" });
		expect(await refusal(stub.deleteAccount({ password }))).toMatchObject({ code: "not_found" });
		expect(await state(stub)).toEqual(untouched);
	});

	it("happens once for two who ask at the same time", async () => {
		const { stub, session } = await signUp();
		const remove = { name: "deleteAccount", args: [{ password }] };
		const both = await Promise.all([
			invoke(stub, session, remove),
			invoke(stub, server, { name: "eraseAccount", args: [] }),
		]);
		expect(both.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(1);
		for (const result of both) {
			if (result.ok) continue;
			expect(["not_found", "unauthorized"]).toContain("error" in result && result.error.code);
		}
		expect((await state(stub)).tables).toEqual([]);
	});
});

describe("what runs while the account is deleted", () => {
	/** Its hashes take 50 ms, in which other calls come in. */
	function newSlow() {
		const email = newEmail();
		const stub = env.SLOW.getByName(objectName(email)) as DurableObjectStub<SlowDO>;
		const tables = () =>
			runInDurableObject(stub, (_object, { storage }) =>
				storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
			);
		return { email, stub, tables };
	}

	const newPassword = "a new password";

	it.each<
		[
			string,
			(slow: { stub: DurableObjectStub<SlowDO>; email: string; token: string }) => Promise<unknown>,
			string,
		]
	>([
		["login", ({ stub, email }) => stub.login({ email, password }), "invalid_credentials"],
		[
			"changePassword",
			({ stub }) => stub.changePassword({ oldPassword: password, newPassword }),
			"not_found",
		],
		["resetPassword", ({ stub }) => stub.resetPassword({ newPassword }), "not_found"],
		[
			"confirmPasswordReset",
			({ stub, token }) => stub.confirmPasswordReset({ token, newPassword }),
			"invalid_token",
		],
		["deleteAccount", ({ stub }) => stub.deleteAccount({ password }), "not_found"],
	])("C12 %s fails, and writes nothing", async (_, call, code) => {
		const { stub, email, tables } = newSlow();
		await stub.signup({ email, password });
		const { token } = await stub.createPasswordReset();
		const running = refusal(call({ stub, email, token: String(token) }));
		await stub.eraseAccount();
		expect(await running).toMatchObject({ code });
		expect(await tables()).toEqual([]);
	});

	it("C12 a deletion fails whose session ends, or whose password is changed, meanwhile", async () => {
		const { stub, email } = newSlow();
		const { sid } = sessionOf((await stub.signup({ email, password })) as SignedIn);
		const ended = refusal(stub.deleteAccount({ password }, { sid }));
		await stub.logout();
		expect(await ended).toMatchObject({ code: "unauthorized" });
		const first = stub.resetPassword({ newPassword });
		const late = refusal(stub.deleteAccount({ password }));
		await first;
		expect(await late).toMatchObject({ code: "conflict" });
		expect((await stub.login({ email, password: newPassword })) as SignedIn).toMatchObject({
			user: { email },
		});
	});

	it.each(["resetPassword", "confirmPasswordReset"])(
		"C12 %s does not set the password of the next account",
		async (name) => {
			const { email, stub } = newSlow();
			await stub.signup({ email, password });
			const { token } = await stub.createPasswordReset();
			const reset = { newPassword: "of the first account", token: String(token) };
			const running = refusal(
				name === "resetPassword" ? stub.resetPassword(reset) : stub.confirmPasswordReset(reset),
			);
			await stub.eraseAccount();
			const signup = stub.signup({ email, password: "of the second one" });
			expect((await running).code).toMatch(/not_found|invalid_token/);
			await signup;
			await stub.login({ email, password: "of the second one" });
		},
	);

	it("C12 a reset token that is being made is none, and is no good later on", async () => {
		const { email, stub } = await signUp();
		const [{ token }] = await Promise.all([stub.createPasswordReset(), stub.eraseAccount()]);
		expect((await state(stub)).tables).toEqual([]);
		await stub.signup({ email, password });
		if (token !== null) {
			const reset = { token, newPassword: "of the first account" };
			expect(await refusal(stub.confirmPasswordReset(reset))).toMatchObject({
				code: "invalid_token",
			});
		}
	});

	it("C12 a sign-up that was refused stays so, and one that comes later is a new account", async () => {
		const { email, stub, tables } = newSlow();
		await stub.signup({ email, password });
		const [taken] = await Promise.all([
			refusal(stub.signup({ email, password: "too early for it" })),
			stub.eraseAccount(),
		]);
		expect(taken.code).toBe("email_taken");
		expect(await tables()).toEqual([]);
		const signups = await Promise.all(
			[1, 2].map((n) =>
				stub.signup({ email, password: `${password}${n}` }).then(
					() => "ok",
					(error) => error.code,
				),
			),
		);
		expect(signups.sort()).toEqual(["email_taken", "ok"]);
	});

	it("leaves the sockets of a sign-up alone when another one loses the race", async () => {
		const { email, stub } = newSlow();
		const first = stub.signup({ email, password });
		const second = refusal(stub.signup({ email, password: "slower horse battery" }));
		const session = sessionOf((await first) as SignedIn);
		const socket = await openSocket(stub as unknown as Parameters<typeof openSocket>[0], session);
		expect(await second).toMatchObject({ code: "email_taken" });
		await stub.set("still", "here");
		expect(changesIn(await socket.wait(2))).toMatchObject([{ event: "kv:still" }]);
	});

	it("C12 a method of the developer's that writes afterwards leaves nothing", async () => {
		const email = newEmail();
		const stub = env.HOOKS.getByName(objectName(email)) as DurableObjectStub<HooksDO>;
		const session = sessionOf((await stub.signup({ email, password })) as SignedIn);
		const steps = [{ name: "addLater", args: ["too late"] }];
		const running = stub.invoke({ authority: session, steps });
		await stub.eraseAccount();
		expect(await running).toMatchObject({ ok: true });
		const left = await runInDurableObject(stub, (_object, { storage }) =>
			storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
		);
		expect(left).toEqual([]);
	});

	it.each(["a session", "the server"])(
		"C12 a method that %s called is over before there is another account",
		async (who) => {
			const email = newEmail();
			const stub = env.HOOKS.getByName(objectName(email)) as DurableObjectStub<HooksDO>;
			const session = sessionOf((await stub.signup({ email, password })) as SignedIn);
			const authority = who === "a session" ? session : server;
			const running = stub.invoke({
				authority,
				steps: [{ name: "addLater", args: ["of before"] }],
			});
			await stub.eraseAccount();
			await stub.signup({ email, password });
			await running;
			const notes = await runInDurableObject(stub, (object) => object.notes.get());
			expect(notes).toEqual([]);
		},
	);
});
