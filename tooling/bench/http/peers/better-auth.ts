import { Client, type HttpRequest } from "../client.ts";
import type { Contestant } from "../contestant.ts";
import { password, readCookies } from "../person.ts";
import { startPeer } from "./start-peer.ts";

/** Where it was told to be. */
const origin = "http://127.0.0.1";

/** An app with accounts and sessions by better-auth, in a D1 database. */
export async function startBetterAuth(): Promise<Contestant> {
	const server = await startPeer({ name: "better-auth", needsMiniflare: true });
	const client = new Client(server.url, 16);
	const post = (path: string, body: object): HttpRequest => ({
		method: "POST",
		path,
		headers: { origin },
		body,
	});
	await client.succeed(post("/migrate", {}));
	const signUp = (path: string) => {
		const email = `${path}@example.com`;
		return client.succeed(post(`/${path}/sign-up/email`, { email, password, name: "Somebody" }));
	};
	const login = (path: string) =>
		client.succeed(post(`/${path}/sign-in/email`, { email: `${path}@example.com`, password }));
	const cookie = readCookies(await signUp("auth"));
	await signUp("plain");
	const me: HttpRequest = { method: "GET", path: "/auth/get-session", headers: { cookie } };
	return {
		pid: server.pid,
		calls: {
			me: () => client.succeed(me),
			"login, no hash": () => login("plain"),
			login: () => login("auth"),
		},
		async [Symbol.asyncDispose]() {
			await client.close();
			await server[Symbol.asyncDispose]();
		},
	};
}
