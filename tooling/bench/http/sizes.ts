import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bundleWorker } from "../harness/bundle.ts";

export interface Size {
	title: string;
	/** Minified and compressed, in bytes. */
	bytes: number;
	goal: number;
	isMet: boolean;
}

const entry = fileURLToPath(new URL("worker/minimal.ts", import.meta.url));
const sizes = [
	{ title: "a minimal Worker", external: [], goal: 75_000 },
	{ title: "a minimal Worker, zod not counted", external: ["zod", "zod/*"], goal: 50_000 },
];

/** How large a Worker is that has all of UserDO and nothing else: minified, and by gzip. */
export async function measureSizes(): Promise<Size[]> {
	return Promise.all(
		sizes.map(async ({ title, external, goal }) => {
			const code = await bundleWorker(entry, { minify: true, external });
			const bytes = gzipSync(code, { level: 9 }).length;
			return { title, bytes, goal, isMet: bytes <= goal };
		}),
	);
}
