import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { objectName, type SignedIn } from "../src/index.js";
import {
	changesIn,
	inObject,
	newEmail,
	openSocket,
	password,
	refusal,
	type Stub,
	sessionOf,
	signUp,
	stubOf,
} from "./helpers.js";

/** Somebody whose passwords cost nothing. */
async function signUpCheaply() {
	const email = newEmail();
	const stub = env.CHEAP.getByName(objectName(email)) as unknown as Stub;
	const signedIn = (await stub.signup({ email, password })) as SignedIn;
	return { email, stub, session: sessionOf(signedIn) };
}

describe("accounts", () => {
	it("sign up, sign in and say who they are", async () => {
		const { email, stub, signedIn } = await signUp();
		expect(signedIn.user).toEqual({
			id: stub.id.toString(),
			email,
			emailVerified: false,
			createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
		});
		const again = (await stub.login({ email, password })) as SignedIn;
		expect(again.user).toEqual(signedIn.user);
		expect(again.token).not.toBe(signedIn.token);
		expect(await stub.verifyToken({ token: again.token })).toEqual({
			ok: true,
			user: signedIn.user,
		});
		expect(await stub.getUser()).toEqual({ user: signedIn.user });
	});

	it("are found by any spelling of their email", async () => {
		const name = crypto.randomUUID();
		const { signedIn } = await signUp(`  ${name.toUpperCase()}@Example.COM `);
		expect(signedIn.user.email).toBe(`${name}@example.com`);
		const login = await stubOf(`${name}@EXAMPLE.com`).login({
			email: `${name}@EXAMPLE.com`,
			password,
		});
		expect(login.user).toEqual(signedIn.user);
	});

	it("exist once", async () => {
		const { email, stub } = await signUp();
		expect(await refusal(stub.signup({ email, password }))).toMatchObject({
			name: "UserDOError",
			code: "email_taken",
			status: 409,
			issues: [{ path: "email" }],
		});
	});

	it("exist once when two sign-ups race", async () => {
		const email = newEmail();
		const stub = stubOf(email);
		const codes = await Promise.all(
			[1, 2, 3].map((n) =>
				stub.signup({ email, password: `${password}${n}` }).then(
					() => "ok",
					(error) => error.code,
				),
			),
		);
		expect(codes.sort()).toEqual(["email_taken", "email_taken", "ok"]);
	});

	it.each([
		[{ email: "nobody", password }, "email"],
		[{ email: ["a@example.com"], password }, "email"],
		[{ email: { $gt: "" }, password }, "email"],
		[{ email: "a@example.com", password: "short 7" }, "password"],
		[{ email: "a@example.com", password: "x".repeat(257) }, "password"],
		[{ email: "a@example.com", password: "with\0NUL-1" }, "password"],
		[{ email: "a@example.com", password: "lone \ud800 surrogate" }, "password"],
		[{ email: "a@example.com", password: 12345678 }, "password"],
		[{ email: "a@example.com" }, "password"],
		[null, ""],
	])("refuse a bad sign-up (%#) and write nothing", async (credentials, path) => {
		const stub = stubOf("a@example.com");
		expect(await refusal(stub.signup(credentials as never))).toMatchObject({
			code: "invalid_input",
			status: 400,
			issues: [{ path }],
		});
		const tables = await inObject(stub, (_object, { storage }) =>
			storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
		);
		expect(tables).toEqual([]);
	});

	it.each([8, 256])("P1 take a password of %i characters", async (length) => {
		const email = newEmail();
		const signedIn = await stubOf(email).signup({ email, password: "🦊".repeat(length) });
		expect(signedIn.user.email).toBe(email);
	});

	it("refuse to live in the object of another email", async () => {
		const stub = env.NOTES.getByName(objectName(newEmail()));
		const { code, issues } = await refusal(stub.signup({ email: newEmail(), password }));
		expect({ code, issues }).toMatchObject({ code: "invalid_input", issues: [{ path: "email" }] });
	});

	it("survive the object's eviction", async () => {
		const { email, stub, signedIn } = await signUp();
		await evictDurableObject(stub);
		expect(await stub.verifyToken({ token: signedIn.token })).toMatchObject({ ok: true });
		expect(await stub.login({ email, password })).toMatchObject({ user: signedIn.user });
	});
});

describe("signing in", () => {
	it("E1 E4 tells a wrong password and an unknown user apart by nothing, with one hash each", async () => {
		const { email, stub } = await signUp();
		const unknown = newEmail();
		const sign = vi.spyOn(crypto.subtle, "deriveBits");
		const wrong = await refusal(stub.login({ email, password: "not the password" }));
		const afterWrong = sign.mock.calls.length;
		const nobody = await refusal(stubOf(unknown).login({ email: unknown, password }));
		expect(nobody).toEqual(wrong);
		expect(wrong).toMatchObject({ code: "invalid_credentials", status: 401 });
		expect(afterWrong).toBe(6);
		expect(sign.mock.calls.length).toBe(12);
	});

	it("leaves no byte in the object of an unknown account", async () => {
		const email = newEmail();
		for (let n = 0; n < 7; n += 1) await refusal(stubOf(email).login({ email, password }));
		await stubOf(email).createPasswordReset();
		const rows = await inObject(stubOf(email), (_object, { storage }) =>
			storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
		);
		expect(rows).toEqual([]);
	});

	it("is slowed down after five failures, for the address that failed only", async () => {
		const { email, stub } = await signUp();
		const attempt = (ip: string, text: string) =>
			stub.login({ email, password: text }, { ip }).then(
				() => "ok",
				(error) => error.code,
			);
		const codes: string[] = [];
		for (let n = 0; n < 7; n += 1) codes.push(await attempt("192.0.2.9", "wrong password"));
		expect(codes).toEqual([
			...Array(5).fill("invalid_credentials"),
			...Array(2).fill("rate_limited"),
		]);
		expect(await attempt("192.0.2.9", password)).toBe("rate_limited");
		expect(await attempt("198.51.100.1", password)).toBe("ok");
	});
});

describe("passwords", () => {
	it("change with the old one, which ends the other sessions", async () => {
		const { email, stub, signedIn } = await signUp();
		const passwords = { oldPassword: password, newPassword: "another password" };
		expect(await stub.changePassword(passwords)).toEqual({ ok: true });
		expect(await refusal(stub.verifyToken({ token: signedIn.token }))).toMatchObject({
			code: "unauthorized",
		});
		expect(await refusal(stub.login({ email, password }))).toMatchObject({
			code: "invalid_credentials",
		});
		expect(await stub.login({ email, password: "another password" })).toMatchObject({
			user: { email },
		});
	});

	it("P7 don't change with a wrong old one, which is counted", async () => {
		const { stub, signedIn } = await signUp();
		const codes: unknown[] = [];
		for (let n = 0; n < 6; n += 1) {
			const passwords = { oldPassword: "wrong password", newPassword: "another password" };
			codes.push((await refusal(stub.changePassword(passwords))).code);
		}
		expect(codes).toEqual([...Array(5).fill("wrong_password"), "rate_limited"]);
		expect(await stub.verifyToken({ token: signedIn.token })).toMatchObject({ ok: true });
	});

	it("are reset by a token that works once and ends every session", async () => {
		const { email, stub, signedIn } = await signUp();
		const { token } = await stub.createPasswordReset();
		const reset = { token: token as string, newPassword: "a newer password" };
		expect(await stub.confirmPasswordReset(reset)).toEqual({ ok: true });
		expect(await refusal(stub.confirmPasswordReset(reset))).toMatchObject({
			code: "invalid_token",
			status: 400,
		});
		expect(await refusal(stub.verifyToken({ token: signedIn.token }))).toMatchObject({
			code: "unauthorized",
		});
		expect(await refusal(stub.refreshToken(signedIn))).toMatchObject({ code: "unauthorized" });
		expect(await stub.login({ email, password: "a newer password" })).toMatchObject({
			user: { email },
		});
	});

	it("R3 are reset by one of two confirmations at once", async () => {
		const { stub } = await signUp();
		const { token } = await stub.createPasswordReset();
		const results = await Promise.all(
			["first new password", "second new password"].map((newPassword) =>
				stub.confirmPasswordReset({ token: token as string, newPassword }).then(
					() => "ok",
					(error) => error.code,
				),
			),
		);
		expect(results.sort()).toEqual(["invalid_token", "ok"]);
	});

	it("are not set back by a sign-in that was under way during a reset", async () => {
		const email = newEmail();
		const stub = env.SLOW.getByName(objectName(email));
		await stub.signup({ email, password });
		const reset = stub.resetPassword({ newPassword: "the new password" });
		const login = refusal(stub.login({ email, password }));
		await reset;
		expect(await login).toMatchObject({ code: "invalid_credentials" });
		expect(await refusal(stub.login({ email, password }))).toMatchObject({
			code: "invalid_credentials",
		});
		expect(await stub.login({ email, password: "the new password" })).toMatchObject({
			user: { email },
		});
	});

	it("are right for all who sign in at once, when each stores it anew", async () => {
		const email = newEmail();
		const stub = env.SLOW.getByName(objectName(email));
		await stub.signup({ email, password });
		const logins = await Promise.all([1, 2, 3].map(() => stub.login({ email, password })));
		expect(logins).toHaveLength(3);
	});

	it("W5 are changed by the oldest of fifty sessions, whose socket goes on", async () => {
		const { stub, email, session } = await signUpCheaply();
		for (let n = 0; n < 49; n++) await stub.login({ email, password });
		const socket = await openSocket(stub, session);
		const passwords = { oldPassword: password, newPassword: "changed by the oldest" };
		expect(await stub.changePassword(passwords, { sid: session.sid })).toMatchObject({ ok: true });
		await stub.set("still", "here");
		expect(changesIn(await socket.wait(2))).toMatchObject([{ event: "kv:still" }]);
		expect((await stub.listSessions()).sessions).toHaveLength(1);
	});

	it("R4 are not reset by a token older than the newest, or from before a change", async () => {
		const { stub } = await signUp();
		const older = await stub.createPasswordReset();
		const newest = await stub.createPasswordReset();
		const confirm = (token: string | null) =>
			refusal(stub.confirmPasswordReset({ token: String(token), newPassword: "newer password" }));
		expect(await confirm(older.token)).toMatchObject({ code: "invalid_token" });
		await stub.changePassword({ oldPassword: password, newPassword: "changed meanwhile" });
		expect(await confirm(newest.token)).toMatchObject({ code: "invalid_token" });
	});

	it("R2 leave only hashes in storage", async () => {
		const { stub, signedIn } = await signUp();
		const { token } = await stub.createPasswordReset();
		const dump = await inObject(stub, (_object, { storage }) =>
			["_userdo_account", "_userdo_sessions"].flatMap((table) =>
				storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
			),
		);
		const text = JSON.stringify(dump);
		for (const secret of [password, token as string, signedIn.token, signedIn.refreshToken]) {
			expect(text).not.toContain(secret);
			for (const part of secret.split(".")) expect(text).not.toContain(part);
		}
	});

	it("are set by the server without the old one", async () => {
		const { email, stub } = await signUp();
		expect(await stub.resetPassword({ newPassword: "set by the server" })).toEqual({ ok: true });
		expect(await stub.login({ email, password: "set by the server" })).toMatchObject({
			user: { email },
		});
		expect(await refusal(stub.resetPassword({ newPassword: "short" }))).toMatchObject({
			code: "invalid_input",
			issues: [{ path: "newPassword" }],
		});
		const nobody = stubOf(newEmail());
		expect(await refusal(nobody.resetPassword({ newPassword: "long enough" }))).toMatchObject({
			code: "not_found",
		});
	});
});
