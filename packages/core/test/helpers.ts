import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { ServerFrame } from "@userdo/contracts";
import { decodeJwt } from "jose";
import { onTestFinished } from "vitest";
import type { InvokeCall, InvokeResult } from "../src/index.js";
import { objectName, type SignedIn, type UserDO } from "../src/index.js";
import type { NotesDO } from "./worker.js";

export const password = "correct horse battery";
/** The object as called directly; the runtime's own type of it turns `unknown` into `never`. */
export type Stub = Omit<NotesDO, "fetch" | "notes" | "labels"> & DurableObjectStub<NotesDO>;

/** An email of its own for each test, since storage is shared within a file. */
export const newEmail = () => `${crypto.randomUUID()}@example.com`;
export const stubOf = (email: string): Stub => env.NOTES.getByName(objectName(email)) as Stub;

/** Runs beside the object, in its own context. */
export const inObject = <R>(
	stub: Stub,
	run: (object: NotesDO, state: DurableObjectState) => R | Promise<R>,
) => runInDurableObject(stub as DurableObjectStub<NotesDO>, run);

/** The error that a call over RPC refuses with: its own fields survive, its class does not. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
	const error = await call.then(
		() => undefined,
		(error) => error,
	);
	if (error === undefined) throw new Error("The call was not refused.");
	return { name: error.name, code: error.code, status: error.status, issues: error.issues };
}

/** A call as a Worker makes it. */
export async function invoke(
	stub: Pick<UserDO, "invoke">,
	authority: InvokeCall["authority"],
	...steps: InvokeCall["steps"]
): Promise<InvokeResult> {
	return (await stub.invoke({ authority, steps })) as InvokeResult;
}

export const server = { kind: "server" } as const;
export const sessionOf = ({ token }: SignedIn) =>
	({ kind: "session", sid: decodeJwt<{ sid: string }>(token).sid }) as const;

/** Signs somebody up. */
export async function signUp(email = newEmail()) {
	const stub = stubOf(email);
	const signedIn = (await stub.signup({ email, password })) as SignedIn;
	return { email, stub, signedIn, session: sessionOf(signedIn) };
}

export interface Socket {
	socket: WebSocket;
	protocol: string | null;
	/** Everything received so far. */
	received: unknown[];
	closed: Promise<{ code: number; reason: string }>;
	/** Waits for that many messages. */
	wait(count: number): Promise<unknown[]>;
}

/** A socket as the Worker opens it for a session. */
export async function openSocket(
	stub: Pick<Stub, "fetch">,
	{ sid, query = "", plain = false }: { sid: string; query?: string; plain?: boolean },
): Promise<Socket> {
	const response = await stub.fetch(`https://example.com/api/ws${query}`, {
		headers: {
			upgrade: "websocket",
			"x-userdo-session": JSON.stringify({ sid, email: "a@b.example" }),
			...(!plain && { "sec-websocket-protocol": "userdo.v1" }),
		},
	});
	const socket = response.webSocket;
	if (socket === null) throw new Error(`No socket: ${response.status} ${await response.text()}`);
	const received: unknown[] = [];
	let wake = () => {};
	socket.addEventListener("message", ({ data }) => {
		received.push(data === "pong" ? data : JSON.parse(data as string));
		wake();
	});
	const closed = new Promise<{ code: number; reason: string }>((resolve) => {
		socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
	});
	socket.accept();
	onTestFinished(() => socket.close());
	return {
		socket,
		protocol: response.headers.get("sec-websocket-protocol"),
		received,
		closed,
		async wait(count) {
			while (received.length < count) {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
			return received;
		},
	};
}

/** The changes in those frames. */
export function changesIn(frames: unknown[]) {
	return (frames as ServerFrame[]).flatMap((frame) =>
		frame.type === "changes" ? frame.changes : [],
	);
}
