import { fileURLToPath } from "node:url";
import { bundleWorker } from "../../harness/bundle.ts";
import { startMiniflare } from "../../harness/miniflare.ts";
import { startWorkerd, type Workerd } from "../../harness/workerd.ts";

export interface PeerOptions {
	/** Its file in `worker/peers`. */
	name: string;
	/** Its Durable Objects: the class by the name of its binding. */
	objects?: Record<string, string>;
	/** Whether it needs more than workerd by itself has. */
	needsMiniflare?: boolean;
}

const variables = { JWT_SECRET: "a secret of the peers, who sign tokens with it" };

/** A peer's Worker in a workerd of its own. */
export async function startPeer({
	name,
	objects = {},
	needsMiniflare = false,
}: PeerOptions): Promise<Workerd> {
	const entry = fileURLToPath(new URL(`../worker/peers/${name}.ts`, import.meta.url));
	// What wrangler does for dependencies that name a module of Node without its prefix.
	const code = await bundleWorker(entry, { alias: { path: "node:path" } });
	const start = needsMiniflare ? startMiniflare : startWorkerd;
	return start({ code, objects, variables });
}
