import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { bundleWorker } from "../harness/bundle.ts";
import { call } from "../harness/call.ts";
import { startWorkerd, type Workerd } from "../harness/workerd.ts";

const entry = fileURLToPath(new URL("worker/index.ts", import.meta.url));

/** A worker with both contestants. */
export async function startServer(): Promise<Workerd> {
	return startWorkerd({
		code: await bundleWorker(entry),
		objects: { OURS: "Ours", BY_HAND: "ByHand" },
		variables: { JWT_SECRET: randomBytes(32).toString("hex") },
	});
}

/** Makes the object somebody's; answers the headers of a socket. */
export async function signUp(url: string, object: string): Promise<Record<string, string>> {
	const protocol = { "sec-websocket-protocol": "userdo.v1" };
	if (!object.startsWith("ours-")) return protocol;
	const session = await call(url, object, "signUp", { object });
	return { ...protocol, "x-userdo-session": JSON.stringify(session) };
}
