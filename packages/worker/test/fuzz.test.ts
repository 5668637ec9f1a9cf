import { env } from "cloudflare:workers";
import { endpoints, errorCodes } from "@userdo/contracts";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import {
	createApp,
	evil,
	forge,
	newEmail,
	origin,
	password,
	type SignedInBrowser,
	send,
	signUp,
} from "./helpers.js";

const requests = 20_000;
const app = createApp({}, "CHEAP_DO");

const names = Object.keys(endpoints);
const paths = [...new Set(names.map((name) => name.split(" ")[1] ?? ""))];
const methods = [...new Set(names.map((name) => name.split(" ")[0] ?? ""))];

const hostile = fc.oneof(
	fc.string({ unit: "binary", maxLength: 40 }),
	fc.constantFrom("", "\0", "__proto__", "a@b.co", "' or 1=1 --", "x".repeat(5000), "-1", "null"),
);

/** A path of the contract, or one that nearly is. */
const path = fc.oneof(
	{ weight: 6, arbitrary: fc.constantFrom(...paths) },
	{
		weight: 1,
		arbitrary: fc.constantFrom("/", "/api", "/api/", "/API/me", "/api//me", "/api/me/", "/data/x"),
	},
	{ weight: 1, arbitrary: fc.webPath() },
);

const query = fc.option(
	fc.dictionary(fc.constantFrom("key", "since", "epoch", "token", "x"), hostile, { maxKeys: 3 }),
	{ nil: {} },
);

/** Which of the tokens that there are is sent. */
const token = fc.constantFrom("access", "refresh", "reset", "expired", "unsigned", "other", "none");
type TokenName = typeof token extends fc.Arbitrary<infer T> ? T : never;

const headers = fc.record(
	{
		"content-type": fc.constantFrom(
			"application/json",
			"application/json; charset=utf-8",
			"text/plain",
			"application/x-www-form-urlencoded",
			"multipart/form-data",
			"application/json; charset=utf-16",
			"",
		),
		origin: fc.constantFrom(origin, evil, "null", "", "file://"),
		"sec-fetch-site": fc.constantFrom("same-origin", "cross-site", "none", "x"),
		"x-userdo-tokens": fc.constantFrom("body", "x"),
		"content-encoding": fc.constantFrom("gzip", "identity"),
		"content-length": fc.constantFrom("0", "5", "999999999"),
		"access-control-request-method": fc.constantFrom("POST", "x"),
		upgrade: fc.constantFrom("websocket", "h2c"),
		"sec-websocket-protocol": fc.constantFrom("userdo.v1", "userdo.v1, bearer.x", ","),
		accept: fc.constantFrom("text/html", "*/*"),
		"x-forwarded-for": fc.ipV4(),
		"user-agent": fc.string({ maxLength: 300 }),
	},
	{ requiredKeys: [] },
);

/** Bodies with the right names and sometimes the right values, and bodies of any kind. */
const value = fc.oneof(
	hostile,
	fc.anything({ maxDepth: 2 }),
	fc.constantFrom(password, "new password 1", "ada@example.com"),
);
const body = fc.oneof(
	{
		weight: 4,
		arbitrary: fc
			.dictionary(
				fc.constantFrom(
					"email",
					"password",
					"oldPassword",
					"newPassword",
					"token",
					"refreshToken",
					"key",
					"value",
				),
				value,
			)
			.map(toText),
	},
	{ weight: 1, arbitrary: fc.anything({ maxDepth: 3 }).map(toText) },
	{ weight: 1, arbitrary: hostile },
	{ weight: 1, arbitrary: fc.constant(undefined) },
);

function toText(part: unknown): string {
	return (
		JSON.stringify(part, (_, each: unknown) => (typeof each === "bigint" ? `${each}` : each)) ?? ""
	);
}

const attack = fc.record({
	path,
	query,
	method: fc.constantFrom(...methods, "PUT", "PATCH", "HEAD", "OPTIONS", "PURGE"),
	token,
	carrier: fc.constantFrom("cookie", "bearer", "subprotocol", "both"),
	headers,
	body,
});
type Attack = typeof attack extends fc.Arbitrary<infer A> ? A : never;

/** The tokens of somebody who is signed in, for as long as that lasts. */
async function tokensOf({
	token,
	refreshToken,
}: SignedInBrowser): Promise<Record<TokenName, string>> {
	return {
		access: token,
		refresh: refreshToken,
		reset: await forge(token, { kind: "reset", claims: { sid: "" } }),
		expired: await forge(token, { claims: { exp: 1_000_000_000 } }),
		unsigned: await forge(token, { header: { alg: "none" }, signature: "" }),
		other: await forge(token, { claims: { sub: "f".repeat(64) } }),
		none: "",
	};
}

function toHeaders(given: Attack, tokens: Record<TokenName, string>, ip: string): Headers {
	const result = new Headers({ "cf-connecting-ip": ip });
	for (const [name, text] of Object.entries(given.headers)) {
		// What no header can hold reaches no Worker either.
		if (/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) result.set(name, text);
	}
	const sent = tokens[given.token];
	if (given.token === "none") return result;
	if (given.carrier !== "bearer" && given.carrier !== "subprotocol") {
		result.set("cookie", `__Host-userdo_at=${sent}; __Host-userdo_rt=${sent}`);
	}
	if (given.carrier === "bearer" || given.carrier === "both") {
		result.set("authorization", `Bearer ${sent}`);
	}
	if (given.carrier === "subprotocol") {
		result.set("sec-websocket-protocol", `userdo.v1, bearer.${sent}`);
	}
	return result;
}

test(`${requests} requests of any kind are answered by the contract, and never with a 500`, async () => {
	// Once, since this worker has no sender of mails.
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	let somebody = await signUp(app, newEmail());
	let tokens = await tokensOf(somebody);
	const seen = new Map<string, number>();
	let count = 0;
	await fc.assert(
		fc.asyncProperty(attack, async (given) => {
			count++;
			// A sign-out or a deletion among the requests ends the session that the others need.
			if (count % 200 === 0) {
				const { status } = await somebody.browser.fetch("/api/me");
				if (status !== 200) {
					somebody = await signUp(app, newEmail());
					tokens = await tokensOf(somebody);
				}
			}
			const bodyless = given.method === "GET" || given.method === "HEAD";
			const search = new URLSearchParams(given.query).toString();
			const response = await send(
				app,
				`${origin}${given.path.replace(":id", somebody.id)}?${search}`,
				{
					bindings: env,
					method: given.method,
					headers: toHeaders(given, tokens, `10.${count % 250}.${count % 251}.1`),
					...(!bodyless && given.body !== undefined && { body: given.body }),
				},
			);
			expect(response.status).toBeLessThan(500);
			const text = await response.text();
			expect(text).not.toContain(password);
			expect(text).not.toContain("$userdo-");
			if (response.webSocket) response.webSocket.accept();
			response.webSocket?.close();
			let key = String(response.status);
			if (response.status >= 400 && given.method !== "HEAD") {
				const { code, error } = JSON.parse(text) as {
					code: keyof typeof errorCodes;
					error: string;
				};
				expect(errorCodes[code]?.status).toBe(response.status);
				expect(error).toBe(errorCodes[code].message);
				key = code;
			}
			seen.set(key, (seen.get(key) ?? 0) + 1);
		}),
		{ numRuns: requests },
	);
	for (const [line] of log.mock.calls) expect(line).toMatch(/^UserDO: no email sender is set/);
	// The requests got somewhere: through to the objects, and into each kind of refusal.
	for (const code of ["200", "invalid_input", "invalid_json", "unauthorized", "cross_site"]) {
		expect(seen.get(code) ?? 0, code).toBeGreaterThan(10);
	}
}, 600_000);
