import { expect, expectTypeOf, test } from "vitest";
import type { UserSession } from "../src/index.js";
import {
	ada,
	deferred,
	FakeServer,
	json,
	refused,
	unauthorized,
	unreachable,
} from "./support/fake-server.js";

const session = (id: string, current = false): UserSession => ({
	id,
	device: "Firefox on Linux",
	createdAt: "2026-01-01T00:00:00.000Z",
	lastUsedAt: "2026-01-02T00:00:00.000Z",
	current,
});
const sessions = [session("own", true), session("other")];

const codeOf = (promise: Promise<unknown>) =>
	promise.then(
		() => "no error",
		(error) => error.code,
	);

async function signIn() {
	const server = new FakeServer();
	server.answer("GET /api/sessions", () => json({ sessions }));
	for (const name of [
		"DELETE /api/sessions",
		"DELETE /api/sessions/own",
		"DELETE /api/sessions/other",
		"POST /api/password/change",
		"DELETE /api/me",
	]) {
		server.answer(name, () => json({ ok: true }));
	}
	const client = server.client();
	await client.login(ada.email, "password");
	const seen: unknown[] = [];
	client.onAuthStateChanged((user) => seen.push(user));
	return { server, client, seen };
}

test("the sessions of the user are listed, and ended one by one or all others", async () => {
	const { server, client, seen } = await signIn();
	const listed = await client.sessions();
	expectTypeOf(listed).toEqualTypeOf<UserSession[]>();
	expect(listed).toEqual(sessions);
	await client.revokeSession("other");
	await client.revokeOtherSessions();
	expect(server.requests.slice(-2).map(({ name, body }) => [name, body])).toEqual([
		["DELETE /api/sessions/other", undefined],
		["DELETE /api/sessions", undefined],
	]);
	expect(seen).toEqual([]);
});

test("ending the client's own session signs it out, unless it fails", async () => {
	const { server, client, seen } = await signIn();
	await client.sessions();
	server.answer("DELETE /api/sessions/own", unreachable);
	expect(await codeOf(client.revokeSession("own"))).toBe("network_error");
	expect(client.user).toEqual(ada);
	server.answer("DELETE /api/sessions/own", () => json({ ok: true }));
	await client.revokeSession("own");
	expect(client.user).toBeUndefined();
	expect(seen).toEqual([undefined]);
});

test("an id can reach no other address", async () => {
	const { server, client } = await signIn();
	expect(await codeOf(client.revokeSession("../me?x=#:id"))).toBe("not_found");
	expect(server.requests.at(-1)?.name).toBe("DELETE /api/sessions/..%2Fme%3Fx%3D%23%3Aid");
});

test("a session that nobody knows is not found, and signs nobody out", async () => {
	const { client, seen } = await signIn();
	expect(await codeOf(client.revokeSession("unknown"))).toBe("not_found");
	expect(seen).toEqual([]);
});

test("the password is changed with the old one; a wrong one signs nobody out", async () => {
	const { server, client, seen } = await signIn();
	await client.changePassword("password", "another one");
	expect(server.requests.at(-1)).toMatchObject({
		name: "POST /api/password/change",
		body: { oldPassword: "password", newPassword: "another one" },
	});
	server.answer("POST /api/password/change", () => refused(403, "wrong_password"));
	expect(await codeOf(client.changePassword("wrong", "another one"))).toBe("wrong_password");
	expect(seen).toEqual([]);
	expect(server.count("POST /api/refresh")).toBe(0);
});

test("an expired session is refreshed before the password is changed", async () => {
	const { server, client } = await signIn();
	let alive = false;
	server.answer("POST /api/password/change", () => (alive ? json({ ok: true }) : unauthorized()));
	server.answer("POST /api/refresh", () => {
		alive = true;
		return json({ user: ada });
	});
	await client.changePassword("password", "another one");
	expect(server.count("POST /api/password/change")).toBe(2);
});

test("deleting the account asks for the password and signs out", async () => {
	const { server, client, seen } = await signIn();
	server.answer("DELETE /api/me", () => refused(403, "wrong_password"));
	expect(await codeOf(client.deleteAccount("wrong"))).toBe("wrong_password");
	expect(client.user).toEqual(ada);
	server.answer("DELETE /api/me", () => json({ ok: true }));
	await client.deleteAccount("password");
	const { name, body, init } = server.requests.at(-1) ?? {};
	expect([name, body]).toEqual(["DELETE /api/me", { password: "password" }]);
	expect(init?.headers["content-type"]).toBe("application/json");
	expect(client.user).toBeUndefined();
	expect(seen).toEqual([undefined]);
});

test("a sign-in that is sent after a deletion is what counts", async () => {
	const { server, client } = await signIn();
	const slow = deferred<Response>();
	server.answer("DELETE /api/me", () => slow.promise);
	const deleted = client.deleteAccount("password");
	slow.resolve(json({ ok: true }));
	await deleted;
	await client.signup(ada.email, "password");
	expect(client.user).toEqual(ada);
});

test("the address is confirmed by the two endpoints for it, the first within the session", async () => {
	const { server, client } = await signIn();
	let alive = false;
	server.answer("POST /api/email-verification/request", () =>
		alive ? json({ ok: true }) : unauthorized(),
	);
	server.answer("POST /api/refresh", () => {
		alive = true;
		return json({ user: ada });
	});
	await client.requestEmailVerification();
	expect(server.count("POST /api/email-verification/request")).toBe(2);

	const stranger = server.client();
	server.answer("POST /api/email-verification/confirm", () => json({ ok: true }));
	await stranger.confirmEmailVerification("token");
	expect(server.requests.at(-1)).toMatchObject({
		name: "POST /api/email-verification/confirm",
		body: { token: "token" },
	});
	server.answer("POST /api/email-verification/confirm", () => refused(400, "invalid_token"));
	expect(await codeOf(stranger.confirmEmailVerification("spent"))).toBe("invalid_token");
});
