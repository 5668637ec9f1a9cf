import { describe, expect, it } from "vitest";
import type { SignedIn } from "../src/index.js";
import {
	inObject,
	invoke,
	newEmail,
	password,
	server,
	sessionOf,
	signUp,
	stubOf,
} from "./helpers.js";

describe("invoke", () => {
	it("calls the developer's methods", async () => {
		const { stub, session } = await signUp();
		const added = await invoke(stub, session, { name: "addNote", args: ["hello"] });
		expect(added).toMatchObject({ ok: true, value: { text: "hello", done: false } });
	});

	it("follows a chain on a table, by the name of its property", async () => {
		const { stub, session } = await signUp();
		for (const text of ["b", "a", "c"]) {
			await invoke(stub, session, { name: "notes" }, { name: "create", args: [{ text }] });
		}
		const found = await invoke(
			stub,
			session,
			{ name: "notes" },
			{ name: "where", args: ["text", "!=", "b"] },
			{ name: "orderBy", args: ["text", "desc"] },
			{ name: "get", args: [] },
		);
		expect(found).toMatchObject({ ok: true, value: [{ text: "c" }, { text: "a" }] });
		const label = { name: "create", args: [{ name: "red" }] };
		expect(await invoke(stub, session, { name: "labels" }, label)).toMatchObject({ ok: true });
		expect(await invoke(stub, session, { name: "note_labels" }, label)).toMatchObject({
			ok: false,
			error: { code: "not_found" },
		});
	});

	it("refuses a session that has ended, and one of somebody else", async () => {
		const { stub, session } = await signUp();
		const other = await signUp();
		const call = { name: "addNote", args: ["x"] };
		expect(await invoke(stub, other.session, call)).toMatchObject({
			error: { code: "unauthorized" },
		});
		await invoke(stub, session, { name: "logout", args: [] });
		expect(await invoke(stub, session, call)).toMatchObject({ error: { code: "unauthorized" } });
	});

	it("lets a session end itself and nothing else", async () => {
		const { email, stub, session } = await signUp();
		const second = sessionOf((await stub.login({ email, password })) as SignedIn);
		// The argument would end the other session, if it reached the method.
		await invoke(stub, session, { name: "logout", args: [{ sid: second.sid }] });
		expect(await invoke(stub, session, { name: "getUser", args: [] })).toMatchObject({ ok: false });
		expect(await invoke(stub, second, { name: "getUser", args: [] })).toMatchObject({ ok: true });
	});

	it("C5 changes the password for a new session in the place of the one that calls", async () => {
		const { email, stub, session } = await signUp();
		const second = sessionOf((await stub.login({ email, password })) as SignedIn);
		const passwords = { oldPassword: password, newPassword: "another password" };
		const changed = await invoke(stub, session, { name: "changePassword", args: [passwords] });
		const { value } = changed as { value: { ok: true; token: string; refreshToken: string } };
		expect(changed).toMatchObject({ ok: true, value: { ok: true } });
		for (const old of [session, second]) {
			expect(await invoke(stub, old, { name: "getUser", args: [] })).toMatchObject({ ok: false });
		}
		const fresh = sessionOf({
			...value,
			user: { id: "", email, emailVerified: false, createdAt: "" },
		});
		expect(await invoke(stub, fresh, { name: "getUser", args: [] })).toMatchObject({ ok: true });
	});

	it.each([
		"signup",
		"startSignup",
		"createEmailVerification",
		"login",
		"verifyToken",
		"refreshToken",
		"resetPassword",
		"eraseAccount",
		"createPasswordReset",
		"confirmPasswordReset",
	])("keeps %s from a mere session", async (name) => {
		const { stub, session } = await signUp();
		const call = { name, args: [{ newPassword: "set by a thief" }] };
		expect(await invoke(stub, session, call)).toMatchObject({
			ok: false,
			error: { code: "forbidden" },
		});
	});

	it.each([
		"",
		"constructor",
		"__proto__",
		"toString",
		"hasOwnProperty",
		"fetch",
		"alarm",
		"invoke",
		"webSocketMessage",
		"webSocketClose",
		"_hidden",
		"instance",
		"ctx",
		"env",
		"table",
		"tables",
		"transaction",
		"broadcast",
		"flush",
		"nothing",
	])("A5 reaches no %j", async (name) => {
		const { stub, session } = await signUp();
		for (const authority of [session, server]) {
			for (const steps of [
				[{ name, args: [] }],
				[{ name }],
				[{ name }, { name: "get", args: [] }],
				[{ name }, { name: "exec", args: ["SELECT 1"] }],
			]) {
				expect(await invoke(stub, authority, ...steps)).toMatchObject({
					ok: false,
					error: { code: "not_found" },
				});
			}
		}
	});

	it.each([
		[],
		[{ name: "notes" }],
		[{ name: "notes" }, { name: "get" }],
		[{ name: "notes" }, { name: "where", args: ["text", "==", "a"] }],
		[{ name: "notes" }, { name: "get", args: [] }, { name: "push", args: [1] }],
		[{ name: "notes" }, { name: "constructor", args: ["return 1"] }],
		[{ name: "notes" }, { name: "toString", args: [] }],
		[{ name: "secrets" }, { name: "list", args: [] }],
		[
			{ name: "addNote", args: ["a"] },
			{ name: "then", args: [] },
		],
	])("refuses a chain that ends nowhere (%#)", async (...steps) => {
		const { stub, session } = await signUp();
		expect(await invoke(stub, session, ...steps)).toMatchObject({
			ok: false,
			error: { code: "not_found" },
		});
	});

	it("gives a developer's error with its name and message, and UserDO's as data", async () => {
		const { stub, session } = await signUp();
		expect(await invoke(stub, session, { name: "fail", args: [] })).toEqual({
			ok: false,
			thrown: { name: "RangeError", message: "the note is out of ink" },
		});
		expect(await invoke(stub, session, { name: "throwOddly", args: [] })).toMatchObject({
			ok: false,
			thrown: { name: "Error" },
		});
		const bad = { name: "create", args: [{ text: 7 }] };
		expect(await invoke(stub, session, { name: "notes" }, bad)).toMatchObject({
			ok: false,
			error: { code: "invalid_input", issues: [{ path: "text" }] },
		});
	});

	it("gives tokens of the call's audience to the server only", async () => {
		const email = newEmail();
		const stub = stubOf(email);
		const steps = [{ name: "signup", args: [{ email, password }, { audience: "FORGED" }] }];
		const result = await stub.invoke({ authority: server, audience: "MY_APP_DO", steps });
		const { value } = result as unknown as { value: SignedIn };
		const verify = (audience: string) =>
			stub.verifyToken({ token: value.token }, { audience }).then(
				() => "ok",
				(error) => error.code,
			);
		expect(await verify("MY_APP_DO")).toBe("ok");
		expect(await verify("FORGED")).toBe("unauthorized");
	});

	it("finds an overridden method of the base class", async () => {
		const { stub, session } = await signUp();
		await inObject(stub, (object) => {
			Object.defineProperty(object, "get", { value: async (key: string) => `mine: ${key}` });
		});
		expect(await invoke(stub, session, { name: "get", args: ["a"] })).toEqual({
			ok: true,
			value: "mine: a",
		});
	});
});
