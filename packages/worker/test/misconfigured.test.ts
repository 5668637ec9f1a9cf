import { env } from "cloudflare:workers";
import { endpoints } from "@userdo/contracts";
import { expect, test, vi } from "vitest";
import { createWebSocketHandler } from "../src/index.js";
import { createApp, json, newEmail, password, send, signUp, upgrade } from "./helpers.js";

const app = createApp();
app.get("/page", (c) => c.text("a page"));
// Each fault is told once in the life of the isolate: its second secret adds no line.
const bad: [name: string, secret: string | undefined, fault?: string][] = [
	["missing", undefined, "is not set"],
	["empty", ""],
	["31 bytes", "0123456789-abcdefghijklmnopqrst", "is shorter than 32 bytes"],
	["your-jwt-secret", "your-jwt-secret-your-jwt-secret-123", "is a placeholder"],
	["changeme", "changeme-changeme-changeme-changeme"],
];

for (const [name, secret, fault] of bad) {
	test(`J19: every route refuses to work with a secret that is ${name}`, async () => {
		const { token } = await signUp(app);
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const bindings = { ...env, JWT_SECRET: secret };
		const paths = ["/page", "/nowhere"];
		const answers = await Promise.all([
			...paths.map((path) => send(app, path, { bindings })),
			...Object.keys(endpoints).map((endpoint) => {
				const [method = "", path = ""] = endpoint.split(" ");
				const body = json({ email: newEmail(), password });
				return send(app, path, { ...(method === "POST" ? body : { method }), bindings });
			}),
			upgrade(app, "/api/ws", { bearer: token, bindings }),
			upgrade(createWebSocketHandler("MY_APP_DO"), "/api/ws", { bearer: token, bindings }),
		]);
		for (const response of answers) {
			expect(response.status).toBe(500);
			expect(response.headers.getSetCookie()).toEqual([]);
			expect(await response.json()).toEqual({
				error: "The server is not set up correctly.",
				code: "misconfigured",
				requestId: expect.any(String),
			});
		}
		const lines = fault ? [[`UserDO: misconfigured. JWT_SECRET ${fault}.`]] : [];
		expect(log.mock.calls).toEqual(lines);
	});
}

test("a binding that is not there is named in the log", async () => {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	const lost = createApp({}, "LOST_DO");
	const answers = [await send(lost, "/api/me"), await send(lost, "/data")];
	expect(answers.map(({ status }) => status)).toEqual([500, 500]);
	expect(log.mock.calls).toEqual([
		["UserDO: misconfigured. LOST_DO is not a Durable Object binding."],
	]);
});

test("a reset request without a sender is answered as ever, and one line says what is missing", async () => {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	const { email } = await signUp(app);
	for (const address of [email, newEmail()]) {
		const response = await send(app, "/api/password-reset/request", json({ email: address }));
		expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
	}
	expect(log.mock.calls).toEqual([[expect.stringMatching(/^UserDO: no email sender is set/)]]);
});

test("email options that can't be throw at once", () => {
	const from = "app@example.com";
	const baseUrl = "https://app.example.com/reset";
	const send = async () => {};
	for (const email of [
		{ from: "", baseUrl, send },
		{ from, baseUrl: "/reset", send },
		{ from, baseUrl: "javascript:alert(1)", send },
		{ from, baseUrl } as { from: string; baseUrl: string; send: typeof send },
	]) {
		expect(() => createApp({ email })).toThrow(/email takes/);
	}
});
