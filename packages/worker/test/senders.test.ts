import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { cloudflareEmail, type EmailMessage, resend } from "../src/index.js";
import { signUp } from "./helpers.js";
import { createMailing } from "./mail.js";

const mail: EmailMessage = {
	from: "Notebook <hello@example.com>",
	to: "ada@example.com",
	subject: "Hello",
	text: "Hi",
	html: "<p>Hi</p>",
};
const key = "re_0123456789";

afterEach(() => void vi.unstubAllGlobals());

const failure = (sending: Promise<void>) =>
	sending.then(
		() => undefined,
		(error: { name: string; code: string; message: string }) => error,
	);

/** Resend's server, which gives these answers one after the other. */
function serve(...answers: (Response | Error)[]) {
	const requests: { url: string; headers: Headers; body: unknown }[] = [];
	vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
		requests.push({
			url,
			headers: new Headers(init.headers),
			body: JSON.parse(String(init.body)),
		});
		const answer = answers[requests.length - 1];
		if (answer === undefined) throw new Error("One request too many.");
		if (answer instanceof Error) throw answer;
		return answer;
	});
	return requests;
}

test("Cloudflare's binding takes the mail", async () => {
	await cloudflareEmail()(mail, env);
	await cloudflareEmail({ binding: "EMAIL" })({ ...mail, from: "hello@example.com" }, env);
	const sent: unknown[] = [];
	const MAIL = { send: async (message: unknown) => void sent.push(message) };
	const { html: _, ...plain } = mail;
	await cloudflareEmail({ binding: "MAIL" })(plain, { MAIL });
	await cloudflareEmail({ binding: "MAIL" })(
		{ ...mail, from: '"Ada, L." <a@b.example>' },
		{ MAIL },
	);
	expect(sent).toEqual([
		{ ...plain, from: { name: "Notebook", email: "hello@example.com" } },
		{ ...mail, from: { name: "Ada, L.", email: "a@b.example" } },
	]);
});

test("Cloudflare's refusal is told by its code alone", async () => {
	const refused = Object.assign(new Error(`no ${mail.to}`), { code: "E_SENDER_NOT_VERIFIED" });
	const MAIL = { send: () => Promise.reject(refused) };
	expect(await failure(cloudflareEmail({ binding: "MAIL" })(mail, { MAIL }))).toMatchObject({
		code: "internal_error",
		message: "Cloudflare did not take the mail (E_SENDER_NOT_VERIFIED).",
	});
	const odd = { MAIL: { send: () => Promise.reject(Object.assign(refused, { code: mail.to })) } };
	expect(await failure(cloudflareEmail({ binding: "MAIL" })(mail, odd))).toMatchObject({
		message: "Cloudflare did not take the mail.",
	});
	expect(await failure(cloudflareEmail()(mail, { EMAIL: "no binding" }))).toMatchObject({
		code: "misconfigured",
		message: "EMAIL is not a send_email binding.",
	});
});

test("Resend gets the mail with the key of the environment", async () => {
	const requests = serve(Response.json({ id: "1" }));
	await resend()(mail, { RESEND_API_KEY: key });
	expect(requests).toMatchObject([
		{ url: "https://api.resend.com/emails", body: { ...mail, to: [mail.to] } },
	]);
	expect(requests[0]?.headers.get("authorization")).toBe(`Bearer ${key}`);
});

test.each([
	["429", new Response("{}", { status: 429, headers: { "retry-after": "0" } })],
	["503", new Response("{}", { status: 503, headers: { "retry-after": "0" } })],
])("Resend is asked once more after %s, for the same mail", async (_, first) => {
	const requests = serve(first, Response.json({ id: "1" }));
	await resend({ apiKey: key })(mail, {});
	expect(requests).toHaveLength(2);
	const keys = requests.map(({ headers }) => headers.get("idempotency-key"));
	expect(keys[0]).toBe(keys[1]);
});

test("Resend's refusals name neither the key nor the address", async () => {
	const limited = () => new Response(mail.to, { status: 429, headers: { "retry-after": "0" } });
	const failures: unknown[] = [];
	for (const answers of [
		[new Response(mail.to, { status: 422 })],
		[limited(), limited()],
		[new Error(`can't reach ${mail.to} with ${key}`)],
	]) {
		serve(...answers);
		const { code, message } = (await failure(resend({ apiKey: key })(mail, {}))) ?? {};
		failures.push([code, message]);
	}
	expect(failures).toEqual([
		["internal_error", "Resend did not take the mail (status 422)."],
		["internal_error", "Resend did not take the mail (status 429)."],
		["internal_error", "Resend could not be reached."],
	]);
	expect(await failure(resend({ secret: "MY_KEY" })(mail, {}))).toMatchObject({
		code: "misconfigured",
		message: "MY_KEY is not set.",
	});
});

test("Resend is given up when it does not answer in time", async () => {
	vi.stubGlobal(
		"fetch",
		(_: string, { signal }: { signal: AbortSignal }) =>
			new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
	);
	expect(await failure(resend({ apiKey: key, timeout: 10 })(mail, {}))).toMatchObject({
		message: "Resend could not be reached.",
	});
});

test("the log says why a sender refused", async () => {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	const { email } = await signUp(createMailing({ send: resend() }).app);
	expect(log.mock.calls).toEqual([
		[
			JSON.stringify({
				message: "UserDO: a mail was not sent",
				route: "POST /api/signup",
				reason: "RESEND_API_KEY is not set.",
			}),
		],
	]);
	expect(JSON.stringify(log.mock.calls)).not.toContain(email);
});
