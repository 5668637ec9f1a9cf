import { openSocket } from "../realtime/socket.ts";
import { newAddress, type Person } from "./person.ts";

/** Where a client stands in the log. */
export interface Position {
	epoch: string;
	seq: number;
}

interface Address {
	url: string;
	headers: Record<string, string>;
}

type Frame = ({ type: "hello" } & Position) | { type: "changes"; changes: { seq: number }[] };

/** What a browser's page would send; from a new address, since sockets are limited by that. */
export function socketOf(url: string, { headers }: Person): Address {
	return {
		url: `${url}/api/ws`,
		headers: {
			...headers,
			...newAddress(),
			origin: url,
			"sec-websocket-protocol": "userdo.v1",
		},
	};
}

/** Opens a socket, waits for the greeting, and closes it. */
export async function greet(address: Address): Promise<Position> {
	const { promise: greeted, resolve } = Promise.withResolvers<Position>();
	const socket = await openSocket({
		...address,
		onText: (text) => {
			const frame = JSON.parse(text) as Frame;
			if (frame.type === "hello") resolve(frame);
		},
	});
	const { epoch, seq } = await greeted;
	socket.close();
	await socket.closed;
	return { epoch, seq };
}

/**
 * Opens a socket as a client that has missed the last changes, and closes it when it has them.
 *
 * @throws Error where one is missing
 */
export async function comeBack(
	{ url, headers }: Address,
	{ epoch, seq }: Position,
	missed: number,
) {
	const { promise: told, resolve, reject } = Promise.withResolvers<void>();
	let next = seq - missed + 1;
	const socket = await openSocket({
		url: `${url}?since=${seq - missed}.0&epoch=${epoch}`,
		headers,
		onText: (text) => {
			const frame = JSON.parse(text) as Frame;
			if (frame.type !== "changes") return;
			for (const change of frame.changes) {
				if (change.seq !== next) reject(new Error(`Change ${next} is missing.`));
				next++;
			}
			if (next > seq) resolve();
		},
	});
	await told;
	socket.close();
	await socket.closed;
}
