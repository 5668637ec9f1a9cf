import { Client } from "../client.ts";
import type { Call, Contestant } from "../contestant.ts";
import { addPosts, type Person, setPreferences, toRequests } from "../person.ts";
import { startPeer } from "./start-peer.ts";

/** An app of Hono and D1 with signed tokens. */
export async function startHonoD1(rows: number): Promise<Contestant> {
	const server = await startPeer({ name: "hono-d1", needsMiniflare: true });
	const client = new Client(server.url, 16);
	const email = "somebody@example.com";
	const { text } = await client.succeed({ method: "POST", path: "/signup", body: { email } });
	const { token } = JSON.parse(text) as { token: string };
	const person: Person = { email, headers: { cookie: `token=${token}` } };
	await addPosts(client, person, rows);
	await setPreferences(client, person);
	const calls = Object.entries(toRequests(person, rows)).map(
		([name, toRequest]): [string, Call] => [name, (i) => client.succeed(toRequest(i))],
	);
	return {
		pid: server.pid,
		calls: Object.fromEntries(calls),
		async [Symbol.asyncDispose]() {
			await client.close();
			await server[Symbol.asyncDispose]();
		},
	};
}
