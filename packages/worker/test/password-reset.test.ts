import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectName } from "@userdo/core/identity";
import { expect, test } from "vitest";
import {
	codeOf,
	createApp,
	evil,
	forge,
	json,
	newEmail,
	origin,
	password,
	send,
	signUp,
} from "./helpers.js";

const app = createApp();

interface Mail {
	from: string;
	to: string;
	subject: string;
	text: string;
}

function createMailing(send?: (mail: Mail) => Promise<void>) {
	const mails: Mail[] = [];
	const keep = async (mail: Mail) => void mails.push(mail);
	const baseUrl = `${origin}/reset?lang=en`;
	const email = { from: "app@example.com", baseUrl, send: send ?? keep };
	return { mails, mailing: createApp({ email }) };
}

const tokenIn = ({ text }: Mail) =>
	new URL(/https:\S+/.exec(text)?.[0] ?? "").searchParams.get("token") ?? "";

/** What stands in the storage of that address's object. */
function storedIn(email: string) {
	const stub = env.MY_APP_DO.getByName(objectName(email));
	return runInDurableObject(stub, (_, { storage: { sql } }) => ({
		bytes: sql.databaseSize,
		tables: sql.exec("SELECT name FROM sqlite_master").toArray(),
	}));
}

test("E2: known and unknown addresses get the same answer, only one gets a mail", async () => {
	const { mails, mailing } = createMailing();
	const { email } = await signUp(mailing);
	const known = await send(mailing, "/api/password-reset/request", json({ email }));
	const unknown = await send(mailing, "/api/password-reset/request", json({ email: newEmail() }));
	expect([known.status, unknown.status]).toEqual([200, 200]);
	expect(await unknown.text()).toBe('{"ok":true}');
	expect(await known.text()).toBe('{"ok":true}');
	expect([...unknown.headers]).toEqual([...known.headers]);
	expect(mails).toHaveLength(1);
	expect(mails[0]).toMatchObject({ from: "app@example.com", to: email });
	expect(mails[0]?.text).toContain(`${origin}/reset?lang=en&token=ey`);
});

test("the mailed token sets a new password once and ends every session", async () => {
	const { mails, mailing } = createMailing();
	const { browser, email } = await signUp(mailing);
	await send(mailing, "/api/password-reset/request", json({ email }));
	const token = tokenIn(mails[0] as Mail);
	const newPassword = "another horse battery";
	const confirm = () => send(mailing, "/api/password-reset/confirm", json({ token, newPassword }));
	const confirmed = await confirm();
	expect(await confirmed.json()).toEqual({ ok: true });
	expect(confirmed.headers.getSetCookie()).toEqual([]);
	expect((await browser.fetch("/api/me")).status).toBe(401);
	const again = await confirm();
	expect([again.status, await codeOf(again)]).toEqual([400, "invalid_token"]);
	expect((await browser.post("/api/login", { email, password })).status).toBe(401);
	expect((await browser.post("/api/login", { email, password: newPassword })).status).toBe(200);
});

test("J9: no other token resets a password", async () => {
	const { token, refreshToken } = await signUp(app);
	const foreign = await forge(token, { kind: "reset", signature: "bm8" });
	for (const wrong of [token, refreshToken, foreign, "x"]) {
		const body = { token: wrong, newPassword: password };
		const response = await send(app, "/api/password-reset/confirm", json(body));
		expect([response.status, await codeOf(response)]).toEqual([400, "invalid_token"]);
	}
});

test("a new password that is too short is named, and the token stays good", async () => {
	const { mails, mailing } = createMailing();
	const { email } = await signUp(mailing);
	await send(mailing, "/api/password-reset/request", json({ email }));
	const token = tokenIn(mails[0] as Mail);
	const short = await send(
		mailing,
		"/api/password-reset/confirm",
		json({ token, newPassword: "short" }),
	);
	expect(short.status).toBe(400);
	expect(await short.json()).toMatchObject({
		code: "invalid_input",
		issues: [{ path: "newPassword" }],
	});
	const body = { token, newPassword: "long enough now" };
	expect((await send(mailing, "/api/password-reset/confirm", json(body))).status).toBe(200);
});

test("a page of another site can't ask for mails", async () => {
	const { mails, mailing } = createMailing();
	const { email } = await signUp(mailing);
	const response = await send(
		mailing,
		"/api/password-reset/request",
		json({ email }, { origin: evil }),
	);
	expect(response.status).toBe(403);
	expect(mails).toEqual([]);
});

test("E6: asking about an address that nobody signed up with leaves nothing in its object", async () => {
	const { mailing, mails } = createMailing();
	const email = newEmail();
	const untouched = await storedIn(newEmail());
	await send(mailing, "/api/login", json({ email, password }));
	await send(mailing, "/api/password-reset/request", json({ email }));
	expect(await storedIn(email)).toEqual(untouched);
	expect(untouched.tables).toEqual([]);
	expect(mails).toEqual([]);
});
