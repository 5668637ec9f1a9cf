import { expect, expectTypeOf, test, vi } from "vitest";
import { defaultTemplates } from "../src/email/templates.js";
import type { EmailLinkContext, EmailTemplates } from "../src/index.js";
import { createApp, json, origin, send, signUp } from "./helpers.js";
import { createMailing, reset, tokenIn } from "./mail.js";

const link = { link: "https://app.example.com/reset#token=t&x", minutes: 30 };
const hostile = `<script>alert(1)</script>"'&<img src=//evil>`;

test.each(Object.entries(defaultTemplates))("%s says the same in text and HTML", (name, write) => {
	const context = { appName: "Notebook", email: "ada@example.com", appUrl: origin, ...link };
	const { subject, text, html = "" } = write(context);
	expect(subject).toContain("Notebook");
	const said = html.replaceAll("&amp;", "&").replaceAll("&#39;", "'");
	for (const word of text.replace("-- ", "").split(/:?\s+/)) expect(said).toContain(word);
	expect(text.includes(link.link)).toBe(["passwordReset", "emailVerification"].includes(name));
	// Nothing is loaded from anywhere, and no line is long for a mail server (RFC 5322 allows 998).
	expect(html).not.toMatch(/<img|<script|<link|url\(|@import|src=/);
	for (const line of html.split("\n")) expect(line.length).toBeLessThan(998);
});

test.each(Object.entries(defaultTemplates))("%s escapes what is put into it", (_, write) => {
	const context = { appName: hostile, email: hostile, appUrl: origin, ...link };
	const { html, subject } = write(context);
	expect(html).not.toContain("<script");
	expect(html).not.toContain("<img");
	expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
	expect(subject).toContain(hostile);
});

test("the texts tell for how long a link works", () => {
	const tell = (minutes: number) =>
		defaultTemplates.passwordReset({
			appName: "A",
			email: "a@example.com",
			appUrl: origin,
			link: "https://a.example/#token=t",
			minutes,
		}).text;
	expect(tell(1)).toContain("within 1 minute.");
	expect(tell(30)).toContain("within 30 minutes.");
	expect(tell(1440)).toContain("within 24 hours.");
});

test.each([
	[{ baseUrl: "https://a.example" }, "https://a.example/reset", "https://a.example/verify"],
	[
		{ baseUrl: "https://a.example/new?l=en" },
		"https://a.example/new?l=en",
		"https://a.example/verify",
	],
	[
		{ baseUrl: "https://a.example/app/", pages: { reset: "password", verify: "/confirm?x=1#y" } },
		"https://a.example/app/password",
		"https://a.example/confirm?x=1",
	],
	[
		{ baseUrl: "https://a.example", pages: { reset: "https://b.example/r" } },
		"https://b.example/r",
		"https://a.example/verify",
	],
])("links of %j", async (options, resetPage, verifyPage) => {
	const mailing = createMailing(options);
	const { email } = await signUp(mailing.app);
	await mailing.requestReset(email);
	expect(mailing.mails.map(({ text }) => /https:[^#\s]+#token=ey/.exec(text)?.[0])).toEqual([
		`${verifyPage}#token=ey`,
		`${resetPage}#token=ey`,
	]);
});

test("the app has a name, and texts can be its own", async () => {
	const passwordReset = vi.fn(async ({ link, minutes }: EmailLinkContext) => ({
		subject: "Neues Passwort",
		text: `${minutes} ${link}`,
	}));
	const mailing = createMailing({ appName: "Notebook", templates: { passwordReset } });
	const { email } = await signUp(mailing.app);
	await mailing.requestReset(email);
	const [welcome, own] = mailing.mails;
	expect(welcome).toMatchObject({ subject: "Confirm your email address for Notebook" });
	expect(own).toEqual({
		from: "app@example.com",
		to: email,
		subject: "Neues Passwort",
		text: expect.stringMatching(/^30 https:/),
	});
	expect(passwordReset.mock.calls).toEqual([
		[{ appName: "Notebook", email, appUrl: origin, link: own?.text.slice(3), minutes: 30 }],
	]);
	expectTypeOf<Parameters<NonNullable<EmailTemplates["signupAttempt"]>>[0]>().toEqualTypeOf<{
		appName: string;
		email: string;
		appUrl: string;
	}>();
});

test("L1 a mail that does not leave fails no request, and its address and token stay out of the log", async () => {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	const told: string[] = [];
	const mailing = createMailing({
		async send({ to, text }) {
			told.push(to, ...(/token=(\S+)/.exec(text)?.[1]?.split(".") ?? []));
			throw new Error(`550 no such box: ${to} ${text}`);
		},
	});
	const { email } = await signUp(mailing.app);
	expect((await mailing.requestReset(email)).status).toBe(200);
	const lines = JSON.stringify(log.mock.calls);
	expect(log).toHaveBeenCalledTimes(2);
	expect(lines).toContain("internal error");
	expect(told).toHaveLength(8);
	for (const secret of told) expect(lines).not.toContain(secret);
});

test("a verification without a sender is asked for in vain, and one line says what is missing", async () => {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	const { browser } = await signUp(createApp());
	for (let n = 0; n < 2; n += 1) {
		expect((await browser.post("/api/email-verification/request")).status).toBe(200);
	}
	expect(log.mock.calls).toEqual([
		[expect.stringMatching(/^UserDO: no email sender is set.*verif/)],
	]);
});

test("a link that was spent or never ours gets no notice out", async () => {
	const mailing = createMailing();
	const { email } = await signUp(mailing.app);
	await mailing.requestReset(email);
	const token = tokenIn(mailing.about(reset)[0]);
	const short = { token, newPassword: "short" };
	await send(mailing.app, "/api/password-reset/confirm", json(short));
	await mailing.confirmReset("x");
	expect(mailing.mails).toHaveLength(2);
});
