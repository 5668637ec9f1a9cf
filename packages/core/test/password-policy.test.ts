import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { breachedPasswords } from "../src/auth/breached-passwords.js";
import { commonPasswordList } from "../src/auth/common-password-list.js";
import { commonPasswords } from "../src/auth/common-passwords.js";
import { requireGoodPassword } from "../src/auth/password-policy.js";
import { objectName } from "../src/index.js";
import { newEmail, password, refusal, type Stub } from "./helpers.js";
import { hashed } from "./worker.js";

const strictOf = (email: string) => env.STRICT.getByName(objectName(email)) as unknown as Stub;
const tooEasy = (path: string) => ({
	code: "password_common",
	status: 400,
	issues: [{ path, message: "This password is too easy to guess." }],
});

/** What a policy says to a password of ada.lovelace+app@example.com. */
async function judge(text: string, rejectCommon = commonPasswords) {
	const email = "ada.lovelace+app@example.com";
	return requireGoodPassword(text, { rejectCommon }, { email, path: "password" }).then(
		() => "ok",
		(error) => error.code,
	);
}

describe("P6 passwords that are easy to guess", () => {
	it.each([
		"password",
		"PassWord",
		"ｐａｓｓｗｏｒｄ",
		"iloveyou",
		"1q2w3e4r5t",
		"password123",
		"        ",
		"aaaaaaaaaa",
		"🦊🦊🦊🦊🦊🦊🦊🦊",
		"12345678",
		"0987654321",
		"abcdefghijkl",
		"zyxwvuts",
		"qwertyui",
		"poiuytrewq",
		"asdfghjklzxcv",
		"ada.lovelace",
		"Ada.Lovelace+app",
		"ada.lovelace+APP@example.com",
	])("%j is one", async (text) => {
		expect(await judge(text)).toBe("password_common");
	});

	it.each([
		"correct horse battery staple",
		"all lower case words",
		"ada.lovelace.1815",
		"пароль и соль",
		"84731906",
	])("%j is none: there are no rules of composition", async (text) => {
		expect(await judge(text)).toBe("ok");
	});

	it("are known: the 4,000 most common ones, each of them", () => {
		const entries = commonPasswordList.split(" ");
		expect(entries).toHaveLength(4000);
		let before = "";
		for (const entry of entries) {
			before = before.slice(0, Number.parseInt(entry[0] ?? "", 36)) + entry.slice(1);
			expect(before.length).toBeGreaterThanOrEqual(8);
			expect(commonPasswords(before)).toBe(true);
			expect(commonPasswords(`${before}\u00e9`)).toBe(false);
		}
	});

	it("are refused wherever a password is set, before any hashing, and cost no token", async () => {
		const email = newEmail();
		const stub = strictOf(email);
		const before = hashed.made + hashed.verified;
		expect(await refusal(stub.signup({ email, password: "password" }))).toMatchObject(
			tooEasy("password"),
		);
		expect(hashed.made + hashed.verified).toBe(before);
		await stub.signup({ email, password });
		const work = hashed.made + hashed.verified;
		const newPassword = "iloveyou";
		for (let n = 0; n < 8; n += 1) {
			const change = stub.changePassword({ oldPassword: password, newPassword });
			expect(await refusal(change)).toMatchObject(tooEasy("newPassword"));
		}
		expect(await refusal(stub.resetPassword({ newPassword: email }))).toMatchObject(
			tooEasy("newPassword"),
		);
		const { token } = await stub.createPasswordReset();
		const confirm = (text: string) =>
			stub.confirmPasswordReset({ token: String(token), newPassword: text });
		expect(await refusal(confirm(newPassword))).toMatchObject(tooEasy("newPassword"));
		expect(hashed.made + hashed.verified).toBe(work);
		expect(await confirm("this one is fine")).toEqual({ ok: true });
	});

	it("still sign in where they were set before", async () => {
		const email = newEmail();
		const plain = env.CHEAP.getByName(objectName(email)) as unknown as Stub;
		await plain.signup({ email, password: "password" });
		expect(await plain.login({ email, password: "password" })).toMatchObject({ user: { email } });
	});

	it("may be found by several checks", async () => {
		const policy = {
			rejectCommon: [commonPasswords, async (text: string) => text.includes("acme")],
		};
		const check = (text: string) => requireGoodPassword(text, policy, { path: "password" });
		await expect(check("acme rocks at night")).rejects.toMatchObject(tooEasy("password"));
		await expect(check("password")).rejects.toMatchObject(tooEasy("password"));
		await check("nobody knows this one");
	});
});

it("P1 a longer minimum counts code points, and names itself", async () => {
	const policy = { minLength: 15 };
	const check = (length: number) =>
		requireGoodPassword("🦊".repeat(length), policy, { path: "newPassword" });
	await check(15);
	await expect(check(14)).rejects.toMatchObject({
		code: "invalid_input",
		issues: [{ path: "newPassword", message: "A password has at least 15 characters." }],
	});
});

describe("P6 breached passwords", () => {
	/** SHA-1 of "password". */
	const digest = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
	const answer = (lines: string[], init?: ResponseInit) =>
		vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(lines.join("\r\n"), init));

	it("are known by five digits of their hash, and nothing else leaves", async () => {
		const fetch = answer(["0018A45C4D1DEF81644B54AB7F969B88D65:1", `${digest.slice(5)}:9545824`]);
		expect(await breachedPasswords()("password")).toBe(true);
		expect(fetch).toHaveBeenCalledTimes(1);
		const [url, init] = fetch.mock.calls[0] ?? [];
		expect(url).toBe(`https://api.pwnedpasswords.com/range/${digest.slice(0, 5)}`);
		expect(Object.keys(Object(init)).sort()).toEqual(["headers", "signal"]);
		expect(init?.headers).toEqual({ "add-padding": "true" });
	});

	it("are not what pads the answer, nor what is not in it", async () => {
		answer([`${digest.slice(5)}:0`]);
		expect(await breachedPasswords()("password")).toBe(false);
		answer(["0018A45C4D1DEF81644B54AB7F969B88D65:1"]);
		expect(await breachedPasswords()("password")).toBe(false);
	});

	it("pass where the service fails or takes too long", async () => {
		answer([`${digest.slice(5)}:1`], { status: 503 });
		expect(await breachedPasswords()("password")).toBe(false);
		vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("offline"));
		expect(await breachedPasswords()("password")).toBe(false);
		vi.spyOn(globalThis, "fetch").mockImplementation(
			(_url, init) =>
				new Promise((_, reject) => {
					init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
				}),
		);
		expect(await breachedPasswords({ timeout: 5 })("password")).toBe(false);
	});
});
