import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { KeptMail } from "../src/email/dev-mailbox.js";
import { keepInMailbox } from "../src/email/dev-mailbox.js";
import { codeOf, createApp, evil, json, newEmail, password, send } from "./helpers.js";

const app = createApp({ origins: ["https://www.example.com"] });
const bindings = { ...env, USERDO_DEV: "1" };
const origin = "http://localhost:8787";
const path = `${origin}/api/dev/mailbox`;
const asJson = { accept: "application/json" };

async function readMails(): Promise<KeptMail[]> {
	const response = await send(app, path, { bindings, headers: asJson });
	expect(response.status).toBe(200);
	return ((await response.json()) as { mails: KeptMail[] }).mails;
}

test("development keeps mails, whose links work", async () => {
	const email = newEmail();
	await send(app, `${origin}/api/signup`, { ...json({ email, password }), bindings });
	await send(app, `${origin}/api/password-reset/request`, { ...json({ email }), bindings });
	const [newest, older] = await readMails();
	expect([newest?.to, older?.to]).toEqual([email, email]);
	expect(newest?.link?.startsWith(`${origin}/reset#token=ey`)).toBe(true);
	expect(older?.link?.startsWith(`${origin}/verify#token=ey`)).toBe(true);
	const token = newest?.link?.split("#token=")[1];
	const body = { token, newPassword: "another horse battery" };
	const confirmed = await send(app, `${origin}/api/password-reset/confirm`, {
		...json(body),
		bindings,
	});
	expect(confirmed.status).toBe(200);
	const [notice] = await readMails();
	expect(notice).toMatchObject({
		to: email,
		link: null,
		subject: expect.stringContaining("was changed"),
	});
});

test("mails of development take what the option email says without a sender", async () => {
	const told = createApp({ email: { tokenIn: "query", pages: { reset: "/new?lang=en" } } });
	const email = newEmail();
	const body = json({ email });
	await send(told, `${origin}/api/signup`, { ...json({ email, password }), bindings });
	await send(told, `${origin}/api/password-reset/request`, { ...body, bindings });
	const [reset, verify] = await readMails();
	expect(reset?.link).toMatch(/^http:\/\/localhost:8787\/new\?lang=en&token=ey[\w.-]+$/);
	expect(verify?.link).toMatch(/^http:\/\/localhost:8787\/verify\?token=ey[\w.-]+$/);
	for (const wrong of [{ from: "a@example.com" }, { baseUrl: origin }, { tokenIn: "path" }]) {
		const create = () => createApp({ email: wrong as object });
		expect(create).toThrow(expect.objectContaining({ code: "misconfigured" }));
	}
});

test("is a page without scripts, where what a mail says is text", async () => {
	const hostile = `</pre></iframe><script>alert(1)</script>"'`;
	await keepInMailbox({
		from: hostile,
		to: hostile,
		subject: hostile,
		text: `${hostile} https://a.example/#token="><script>`,
		html: hostile,
	});
	const response = await send(app, path, { bindings, headers: { accept: "text/html" } });
	expect(response.headers.get("content-type")).toMatch(/^text\/html/);
	expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src/);
	expect(response.headers.get("cache-control")).toBe("no-store");
	const page = await response.text();
	expect(page).not.toContain("<script");
	expect(page).toContain("&lt;script&gt;");
	expect(page.match(/<iframe [^>]*>/g)?.every((tag) => tag.includes('sandbox=""'))).toBe(true);
});

test("is nowhere but in development, and not by way of Cloudflare", async () => {
	for (const elsewhere of [{}, { USERDO_DEV: "" }, { USERDO_DEV: "0" }, { USERDO_DEV: "false" }]) {
		const response = await send(app, path, { bindings: { ...env, ...elsewhere }, headers: asJson });
		expect([response.status, await codeOf(response)]).toEqual([404, "not_found"]);
	}
	// Another site's name that leads here, so that its page would be of the same origin.
	const rebound = await send(app, "http://evil.example:8787/api/dev/mailbox", {
		bindings,
		headers: asJson,
	});
	expect(rebound.status).toBe(404);
	const deployed = await send(app, path, { bindings, headers: { ...asJson, "cf-ray": "8a-FRA" } });
	expect([deployed.status, await codeOf(deployed)]).toEqual([404, "not_found"]);
});

test("is shown to no other site, listed or not", async () => {
	const refused = [
		{ origin: evil },
		{ origin: "https://www.example.com" },
		{ "sec-fetch-site": "cross-site" },
		{ "sec-fetch-site": "same-site" },
		{ origin, "sec-fetch-site": "cross-site" },
	];
	for (const headers of refused) {
		const response = await send(app, path, { bindings, headers: { ...asJson, ...headers } });
		expect([response.status, await codeOf(response)]).toEqual([403, "cross_site"]);
	}
	for (const site of ["same-origin", "none"]) {
		const response = await send(app, path, { bindings, headers: { "sec-fetch-site": site } });
		expect(response.status).toBe(200);
	}
});

test("holds the newest fifty", async () => {
	const from = "dev@localhost";
	for (let n = 1; n <= 60; n += 1) {
		await keepInMailbox({ from, to: newEmail(), subject: String(n), text: "" });
	}
	const subjects = (await readMails()).map(({ subject }) => Number(subject));
	expect(subjects).toEqual(Array.from({ length: 50 }, (_, index) => 60 - index));
});
