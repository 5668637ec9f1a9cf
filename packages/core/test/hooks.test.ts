import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { UserDOError } from "@userdo/contracts/errors";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { type InvokeResult, objectName, type Remote, type SignedIn } from "../src/index.js";
import { newEmail, password, refusal, server, sessionOf } from "./helpers.js";
import type { HooksDO } from "./worker.js";

const names = ["authorizeSignup", "onSignup", "onLogin", "onPasswordChanged", "onDelete"];

type Stub = Omit<HooksDO, "fetch" | "notes"> & DurableObjectStub<HooksDO>;

function newObject() {
	const email = newEmail();
	const stub = env.HOOKS.getByName(objectName(email)) as Stub;
	const inObject = <R>(run: (object: HooksDO, state: DurableObjectState) => R | Promise<R>) =>
		runInDurableObject(stub as DurableObjectStub<HooksDO>, run);
	const set = (name: string, hook: (object: HooksDO, argument: unknown) => unknown) =>
		inObject((object) => {
			object.hooks[name] = (argument) => hook(object, argument);
		});
	const ran = () => inObject((object) => object.ran.splice(0));
	const signUp = () => stub.signup({ email, password }) as Promise<SignedIn>;
	const tables = () =>
		inObject((_object, { storage }) =>
			storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
		);
	return { email, stub, inObject, set, ran, signUp, tables };
}

const fail = () => {
	throw new RangeError("canary-in-a-message");
};

describe("hooks", () => {
	it("run at their turn, with the user", async () => {
		const { email, stub, set, ran, signUp } = newObject();
		const users: unknown[] = [];
		for (const name of names) await set(name, (_object, user) => void users.push(user));
		const { user } = await signUp();
		expect(await ran()).toEqual(["authorizeSignup", "onSignup"]);
		await stub.login({ email, password });
		expect(await ran()).toEqual(["onLogin"]);
		await stub.changePassword({ oldPassword: password, newPassword: "another password" });
		await stub.resetPassword({ newPassword: password });
		const { token } = await stub.createPasswordReset();
		await stub.confirmPasswordReset({ token: String(token), newPassword: password });
		expect(await ran()).toEqual(Array(3).fill("onPasswordChanged"));
		await stub.deleteAccount({ password });
		expect(await ran()).toEqual(["onDelete"]);
		// A mailed reset proves the address.
		const verified = { ...user, emailVerified: true };
		expect(users).toEqual([email, ...Array(4).fill(user), verified, verified]);
	});

	it("don't run for what is refused", async () => {
		const { email, stub, ran, signUp } = newObject();
		await signUp();
		await ran();
		await refusal(stub.login({ email, password: "not the password" }));
		await refusal(stub.changePassword({ oldPassword: "wrong", newPassword: "another password" }));
		await refusal(stub.deleteAccount({ password: "not the password" }));
		expect(await ran()).toEqual([]);
		await refusal(signUp());
		expect(await ran()).toEqual(["authorizeSignup"]);
	});

	it.each<[string, () => unknown, string]>([
		["answers false", () => false, "signup_not_allowed"],
		["throws", fail, "signup_not_allowed"],
		[
			"refuses with a code of its own",
			() => Promise.reject(new UserDOError("forbidden")),
			"forbidden",
		],
	])(
		"authorizeSignup that %s lets nobody in, hashes nothing, writes nothing",
		async (_, hook, code) => {
			const { set, signUp, tables } = newObject();
			await set("authorizeSignup", hook);
			const hash = vi.spyOn(crypto.subtle, "deriveBits");
			const refused = await refusal(signUp());
			expect(refused).toMatchObject({ code, status: 403 });
			expect(JSON.stringify(refused)).not.toContain("canary");
			expect(hash).not.toHaveBeenCalled();
			expect(await tables()).toEqual([]);
		},
	);

	it("authorizeSignup is asked before it is told whether there is an account", async () => {
		const { set, signUp } = newObject();
		await signUp();
		await set("authorizeSignup", () => false);
		expect(await refusal(signUp())).toMatchObject({ code: "signup_not_allowed" });
	});

	it("onSignup may write what a new user starts with", async () => {
		const { stub, inObject, set, signUp } = newObject();
		await set("onSignup", async (object) => {
			await object.set("theme", "light");
			await scheduler.wait(1);
			object.notes.create({ text: "welcome" });
		});
		const session = sessionOf(await signUp());
		expect(await stub.list()).toEqual({ theme: "light" });
		expect(await inObject((object) => object.notes.get())).toMatchObject([{ text: "welcome" }]);
		expect(await stub.listSessions({ sid: session.sid })).toMatchObject({
			sessions: [{ current: true }],
		});
	});

	it("onSignup that throws undoes the sign-up and what it wrote, and no other call sees it", async () => {
		const { email, stub, set, signUp, tables, inObject } = newObject();
		await stub.set("before", "the sign-up");
		const before = await tables();
		await set("onSignup", async (object) => {
			await object.set("theme", "light");
			object.notes.create({ text: "welcome" });
			await scheduler.wait(20);
			throw new UserDOError("conflict", { message: "not today" });
		});
		const instance = await inObject((object) => object.ran);
		const signup = refusal(signUp());
		const login = refusal(stub.login({ email, password }));
		expect(await signup).toMatchObject({ code: "conflict", status: 409 });
		expect(await login).toMatchObject({ code: "invalid_credentials" });
		expect(await tables()).toEqual(before);
		expect(await stub.list()).toEqual({ before: "the sign-up" });
		await set("onSignup", () => {});
		await signUp();
		expect(await inObject((object) => object.notes.get())).toEqual([]);
		expect(await stub.list()).toEqual({ before: "the sign-up" });
		expect(await inObject((object) => object.ran === instance)).toBe(true);
	});

	it("onSignup that throws leaves nothing where nothing was", async () => {
		const { set, signUp, tables } = newObject();
		await set("onSignup", fail);
		const error = await signUp().catch((error) => error);
		expect([error.name, error.message]).toEqual(["RangeError", "canary-in-a-message"]);
		expect(await tables()).toEqual([]);
	});

	it("onLogin that throws leaves nobody signed in", async () => {
		const { email, stub, set, signUp } = newObject();
		await signUp();
		await set("onLogin", () => {
			throw new UserDOError("forbidden", { message: "banned" });
		});
		expect(await refusal(stub.login({ email, password }))).toMatchObject({ code: "forbidden" });
		expect((await stub.listSessions()).sessions).toHaveLength(1);
	});

	it("a password that is changed while onLogin runs signs nobody in", async () => {
		const { email, stub, set, signUp } = newObject();
		await signUp();
		await set("onLogin", (object) => object.resetPassword({ newPassword: "set meanwhile" }));
		expect(await refusal(stub.login({ email, password }))).toMatchObject({
			code: "invalid_credentials",
		});
		expect((await stub.listSessions()).sessions).toEqual([]);
	});

	it("onPasswordChanged that throws leaves the new password, and one line in the log", async () => {
		const { email, stub, set, signUp } = newObject();
		const { token } = await signUp();
		await set("onPasswordChanged", fail);
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const passwords = { oldPassword: password, newPassword: "another password" };
		expect(await stub.changePassword(passwords)).toEqual({ ok: true });
		expect(log.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
			{
				message: "UserDO: onPasswordChanged failed",
				error: "RangeError",
				at: expect.arrayContaining([expect.stringMatching(/^at /)]),
			},
		]);
		expect(String(log.mock.calls)).not.toMatch(new RegExp(`canary|${email}|password"`));
		expect(await refusal(stub.verifyToken({ token }))).toMatchObject({ code: "unauthorized" });
		await stub.login({ email, password: "another password" });
	});

	it("onDelete that throws stops the deletion", async () => {
		const { email, stub, set, signUp } = newObject();
		await signUp();
		await stub.set("a", 1);
		await set("onDelete", fail);
		const error = await stub.deleteAccount({ password }).catch((error) => error);
		expect(error.message).toBe("canary-in-a-message");
		expect(await stub.list()).toEqual({ a: 1 });
		await stub.login({ email, password });
		await set("onDelete", () => {});
		await stub.eraseAccount();
		expect(await refusal(stub.login({ email, password }))).toMatchObject({
			code: "invalid_credentials",
		});
	});

	it.each(names)(
		"A5 %s can't be called by a session or the server, also where it is public",
		async (name) => {
			const { stub, ran, signUp } = newObject();
			const session = sessionOf(await signUp());
			await ran();
			for (const authority of [session, server]) {
				const steps = [{ name, args: [{ email: "a@example.com" }] }];
				const result = (await stub.invoke({ authority, steps })) as unknown as InvokeResult;
				expect(result).toMatchObject({ ok: false, error: { code: "not_found" } });
			}
			expect(await ran()).toEqual([]);
		},
	);

	it("are hidden from the types of the stand-in", () => {
		expectTypeOf<keyof Remote<HooksDO>>().toExtend<
			Exclude<keyof HooksDO, "onSignup" | "onLogin" | "onPasswordChanged" | "onDelete">
		>();
		expectTypeOf<Remote<HooksDO>>().not.toHaveProperty("authorizeSignup");
		expectTypeOf<Remote<HooksDO>>().not.toHaveProperty("onDelete");
	});
});
