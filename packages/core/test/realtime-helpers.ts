import type { ChangesFrame, HelloFrame, ServerFrame } from "@userdo/contracts";
import { expect } from "vitest";
import { changesIn, openSocket, type Stub } from "./helpers.js";

/** As a client has to write them. */
export const channelsQuery = (...names: string[]) =>
	`channels=${encodeURIComponent(names.map(encodeURIComponent).join(","))}`;

/** `kv:key=value` of the changes in those frames. */
export const eventsIn = (frames: unknown[]) =>
	changesIn(frames).map(({ event, data }) => (data === undefined ? event : `${event}=${data}`));

/** Plays the client: where it is after those frames. A frame must never begin beyond that. */
export function follow(frames: unknown[], start?: number): number {
	let position = start ?? (frames[0] as HelloFrame).seq;
	for (const frame of frames as ServerFrame[]) {
		if (frame.type !== "changes") continue;
		expect(frame.from).toBeLessThanOrEqual(position);
		expect(frame.to).toBeGreaterThanOrEqual(frame.from);
		for (const { seq } of frame.changes) {
			expect(seq).toBeGreaterThan(position);
			expect(seq).toBeLessThanOrEqual(frame.to);
			position = seq;
		}
		position = frame.to;
	}
	return position;
}

/** A socket that can subscribe. */
export async function openTalking(stub: Stub, options: Parameters<typeof openSocket>[1]) {
	const opened = await openSocket(stub, options);
	return {
		...opened,
		/** Sends a frame, and waits for what answers it. */
		async say(frame: unknown) {
			const { length } = opened.received;
			opened.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
			const isAnswer = (frame: unknown) =>
				(frame as ServerFrame).type === "error" || (frame as ChangesFrame).channels !== undefined;
			let answer: unknown;
			for (let count = length + 1; answer === undefined; count += 1) {
				answer = (await opened.wait(count)).slice(length).find(isAnswer);
			}
			return answer;
		},
	};
}
