import { fileURLToPath } from "node:url";
import { bundleWorker } from "../harness/bundle.ts";
import { startWorkerd, type Workerd } from "../harness/workerd.ts";

/** One secret for all of a run, so that no contestant draws an easier one. */
const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");

const classes = {
	floor: { USERDO: "Floor", HASHING: "FloorHashing" },
	ours: { USERDO: "Ours", HASHING: "Hashing" },
};

export type OwnName = keyof typeof classes;

/** Its Durable Objects: the class by the name of its binding. */
export function classesOf(name: OwnName): Record<string, string> {
	return classes[name];
}

/** A contestant in a workerd of its own: in one, each would pay for the other's garbage. */
export async function startOwnServer(name: OwnName): Promise<Workerd> {
	return startWorkerd({
		code: await bundleWorker(fileURLToPath(new URL(`worker/${name}.ts`, import.meta.url))),
		objects: classesOf(name),
		variables: { JWT_SECRET: secret },
	});
}
