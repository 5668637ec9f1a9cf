import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { type InvokeCall, type InvokeResult, objectName, type SignedIn } from "../src/index.js";
import { inObject, newEmail, password, type Stub, server, sessionOf } from "./helpers.js";
import { hashed } from "./worker.js";

let networks = 0;
/** Each try from a network of its own, so that none has to wait. */
function nextIp(): string {
	networks += 1;
	return `2001:db8:${networks.toString(16)}::1`;
}

/** Somebody whose passwords are cheap to hash. */
async function signUp(email = newEmail()) {
	const stub = stubOf(email);
	await stub.signup({ email, password });
	const login = async (text: string, context: Context = {}) =>
		String((await signIn(email, text, context)).code ?? "ok");
	return { email, stub, login };
}

type Context = Pick<InvokeCall, "ip" | "knownDevice">;

/** Signs in as a Worker does: what is refused comes back as data. */
async function signIn(email: string, text: string, context: Context = {}) {
	const steps = [{ name: "login", args: [{ email, password: text }] }];
	const call: InvokeCall = { authority: server, ip: nextIp(), ...context, steps };
	const result = (await stubOf(email).invoke(call)) as InvokeResult;
	return !result.ok && "error" in result ? result.error : { code: undefined };
}

const stubOf = (email: string) => env.CHEAP.getByName(objectName(email)) as unknown as Stub;

const storedIn = (stub: Stub) =>
	inObject(stub, (_object, { storage }) => {
		const names = storage.sql.exec("SELECT name FROM sqlite_master").toArray();
		if (!names.some(({ name }) => name === "_userdo_failed_logins")) return undefined;
		const text = "SELECT sum(failures) AS failures FROM _userdo_failed_logins";
		return storage.sql.exec(text).one().failures;
	});

async function fail(times: number, login: (text: string) => Promise<string>) {
	const codes = new Set<string>();
	for (let n = 0; n < times; n += 1) codes.add(await login(`wrong ${n}`));
	expect([...codes]).toEqual(["invalid_credentials"]);
}

describe("failed sign-ins in a row", () => {
	it("B2 close an account after a hundred, from 200 networks and across evictions", async () => {
		const { email, stub, login } = await signUp();
		const before = hashed.verified;
		await fail(60, login);
		await evictDurableObject(stub);
		await fail(140, login);
		expect(hashed.verified - before).toBe(100);
		// The answer is that of a wrong password, which nobody can tell from that of an unknown account.
		expect(await login(password)).toBe("invalid_credentials");
		const reset = await stub.createPasswordReset();
		const newPassword = "opened by a mail";
		await stub.confirmPasswordReset({ token: String(reset.token), newPassword });
		expect(await login(newPassword)).toBe("ok");
		expect(email).toContain("@");
	});

	it("B3 leave the owner's own device alone, which ends them", async () => {
		const { stub, login } = await signUp();
		await fail(100, login);
		// Stored after the answers.
		await vi.waitUntil(async () => (await storedIn(stub)) === 100);
		expect(await login(password)).toBe("invalid_credentials");
		expect(await login("wrong", { knownDevice: true })).toBe("invalid_credentials");
		expect(await login(password, { knownDevice: true })).toBe("ok");
		expect(await login(password)).toBe("ok");
		expect(await storedIn(stub)).toBe(0);
	});

	it("B2 close even the owner's own devices after a hundred of theirs", async () => {
		const { stub, login } = await signUp();
		const onDevice = (text: string) => login(text, { knownDevice: true });
		await fail(60, onDevice);
		await vi.waitUntil(async () => (await storedIn(stub)) === 60);
		await evictDurableObject(stub);
		const before = hashed.verified;
		await fail(60, onDevice);
		expect(hashed.verified - before).toBe(40);
		expect(await onDevice(password)).toBe("invalid_credentials");
		expect(await login(password)).toBe("ok");
		expect(await onDevice(password)).toBe("ok");
	});

	it.each([
		["changePassword", (text: string) => ({ oldPassword: text, newPassword: "another password" })],
		["deleteAccount", (text: string) => ({ password: text })],
	])("B2 P7 count those of %s by a session, across evictions", async (name, toInput) => {
		const { stub } = await signUp();
		const email = await stub.getUser().then(({ user }) => user.email);
		const { token } = await stub.login({ email, password });
		const authority = sessionOf({ token } as SignedIn);
		const before = hashed.verified;
		for (let n = 0; n < 130; n += 1) {
			const steps = [{ name, args: [toInput(`wrong ${n}`)] }];
			await stub.invoke({ authority, ip: nextIp(), steps });
			// Nine in a row do not end the session yet, and the next instance has not counted them.
			if (n % 9 !== 8) continue;
			await vi.waitUntil(async () => (await storedIn(stub)) === Math.min(n + 1, 100));
			await evictDurableObject(stub);
		}
		expect(hashed.verified - before).toBe(100);
	});

	it("B2 count those for a mailed link", async () => {
		const { stub, login } = await signUp();
		const { token } = await stub.createEmailVerification();
		const before = hashed.verified;
		for (let n = 0; n < 130; n += 1) {
			const steps = [{ name: "confirmEmail", args: [{ token, password: `wrong ${n}` }] }];
			await stub.invoke({ authority: server, ip: nextIp(), steps });
		}
		expect(hashed.verified - before).toBe(100);
		expect(await login(password)).toBe("invalid_credentials");
	});

	it("B7 start anew with each right password", async () => {
		const { login } = await signUp();
		for (let round = 0; round < 3; round += 1) {
			await fail(99, login);
			expect(await login(password)).toBe("ok");
		}
	});

	it("E4 hash once, whether the account is open, closed or unknown", async () => {
		const { login } = await signUp();
		const work = async (attempt: () => Promise<string>) => {
			const before = hashed.made + hashed.verified;
			expect(await attempt()).toBe("invalid_credentials");
			return hashed.made + hashed.verified - before;
		};
		expect(await work(() => login("wrong"))).toBe(1);
		await fail(99, login);
		expect(await work(() => login(password))).toBe(1);
		const email = newEmail();
		expect(await work(async () => String((await signIn(email, password)).code))).toBe(1);
	});

	it("are not stored where sign-ins succeed, nor for an unknown account", async () => {
		const { stub, login } = await signUp();
		for (let n = 0; n < 3; n += 1) expect(await login(password)).toBe("ok");
		expect(await storedIn(stub)).toBeUndefined();
	});

	it("E6 leave no byte of 1,000 sign-ins to unknown accounts", async () => {
		const emails = Array.from({ length: 100 }, newEmail);
		for (const email of emails) {
			for (let n = 0; n < 10; n += 1) {
				expect((await signIn(email, password)).code).toBe("invalid_credentials");
			}
		}
		const stored = await Promise.all(
			emails.map((email) => env.CHEAP.getByName(objectName(email)).getTables()),
		);
		expect(stored.flat()).toEqual([]);
	});
});

it("B4 of fifty sign-ins at once from one network five are looked at", async () => {
	const { login } = await signUp();
	const before = hashed.verified;
	const ip = nextIp();
	const codes = await Promise.all(Array.from({ length: 50 }, () => login("wrong", { ip })));
	expect(codes.filter((code) => code === "rate_limited")).toHaveLength(45);
	expect(hashed.verified - before).toBe(5);
});

it("E5 an unknown account makes wait as a known one does", async () => {
	const known = await signUp();
	const email = newEmail();
	const ip = nextIp();
	for (let n = 0; n < 8; n += 1) {
		const nobody = await signIn(email, password, { ip });
		expect(await signIn(known.email, "wrong", { ip })).toEqual(nobody);
		expect(nobody.code).toBe(n < 5 ? "invalid_credentials" : "rate_limited");
	}
});
