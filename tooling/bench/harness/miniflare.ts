import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { compatibilityDate, makeDirectory, type Workerd, type WorkerdOptions } from "./workerd.ts";

/**
 * Starts a worker with what workerd by itself does not have: a D1 database named `DB`, and modules
 * such as `cloudflare:email`. The worker has a socket of its own, so that nothing of Miniflare stands
 * between, and it is plain workerd that runs.
 */
export async function startMiniflare({
	code,
	objects,
	variables = {},
}: WorkerdOptions): Promise<Workerd> {
	const before = children();
	const directory = await makeDirectory();
	const durableObjects = Object.entries(objects).map(
		([binding, className]) => [binding, { className, useSQLite: true }] as const,
	);
	const options = convertV4MiniflareOptions({
		workers: [
			{
				name: "main",
				modules: true,
				script: code,
				compatibilityDate,
				bindings: variables,
				durableObjects: Object.fromEntries(durableObjects),
				d1Databases: ["DB"],
				unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
			},
		],
	});
	const miniflare = new Miniflare({ ...options, resourcePersistencePath: directory });
	const stop = async () => {
		await miniflare.dispose();
		await rm(directory, { recursive: true, force: true });
	};
	try {
		const url = (await miniflare.unsafeGetDirectURL("main")).origin;
		const started = children().filter((pid) => !before.includes(pid));
		const pid = started.find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8") === "workerd\n");
		return {
			url,
			pid: pid ?? 0,
			directory,
			[Symbol.asyncDispose]: stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Processes that this one has started; none elsewhere than on Linux. */
function children(): number[] {
	try {
		return readdirSync(`/proc/${process.pid}/task`).flatMap((thread) =>
			readFileSync(`/proc/${process.pid}/task/${thread}/children`, "utf8")
				.split(" ")
				.filter(Boolean)
				.map(Number),
		);
	} catch {
		return [];
	}
}
