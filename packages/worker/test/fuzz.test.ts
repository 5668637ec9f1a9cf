import { env } from "cloudflare:workers";
import { errorCodes } from "@userdo/contracts";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { formRoutes } from "../src/index.js";
import { type Attack, attack, type TokenName } from "./attacks.js";
import { collections } from "./collections.js";
import {
	createApp,
	forge,
	newEmail,
	origin,
	password,
	type SignedInBrowser,
	send,
	signUp,
} from "./helpers.js";

const requests = 20_000;
const app = createApp({ collections, forms: formRoutes() }, "CHEAP_DO");

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
			const location = response.headers.get("location");
			if (location !== null) expect(new URL(location, origin).origin).toBe(origin);
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
			const [, name = ""] = /^\/(?:api\/)?([a-z]+)/.exec(given.path) ?? [];
			const call = `${given.method} ${name}`;
			if (response.ok) seen.set(call, (seen.get(call) ?? 0) + 1);
		}),
		{ numRuns: requests },
	);
	for (const [line] of log.mock.calls) expect(line).toMatch(/^UserDO: no email sender is set/);
	// The requests got somewhere: through to the objects, and into each kind of refusal.
	const refusals = ["invalid_input", "invalid_json", "unauthorized", "cross_site", "conflict"];
	const calls = ["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => `${method} places`);
	const others = ["GET posts", "GET reports", "POST posts", "POST data", "POST batch"];
	for (const each of ["200", "303", ...refusals, ...calls, ...others]) {
		expect(seen.get(each) ?? 0, each).toBeGreaterThan(0);
	}
}, 600_000);
