import { Audience } from "../audience.ts";
import { audience } from "../cases.ts";
import { Client } from "../client.ts";
import type { Call, Contestant } from "../contestant.ts";
import { type PeerOptions, startPeer } from "./start-peer.ts";

interface RoomOptions extends PeerOptions {
	/** Where a case is asked for. */
	paths: Readonly<Record<string, string>>;
}

/** A peer with a room of sockets, of whom all are told what is posted. */
export async function startRooms({ paths, ...options }: RoomOptions): Promise<Contestant> {
	const server = await startPeer(options);
	const client = new Client(server.url, 1);
	const headers: Record<string, string> = {};
	const crowd = await Audience.open(audience, () => ({ url: `${server.url}/`, headers }));
	const calls = Object.entries(paths).map(([name, path]): [string, Call] => [
		name,
		(mark) =>
			crowd.hear(`"mark":${mark}}`, () =>
				client.succeed({ method: "POST", path, headers, body: { mark } }),
			),
	]);
	return {
		pid: server.pid,
		calls: Object.fromEntries(calls),
		async [Symbol.asyncDispose]() {
			await crowd.close();
			await client.close();
			await server[Symbol.asyncDispose]();
		},
	};
}
