import alchemy from "alchemy";
import { Assets, DurableObjectNamespace, Worker } from "alchemy/cloudflare";
import { CloudflareStateStore } from "alchemy/state";
import type { BookmarksDO } from "./src/index.js";

const app = await alchemy("userdo-bookmarks", {
	// A machine of CI forgets its files, and with them what was deployed: there the state is in the
	// account itself.
	...(process.env.ALCHEMY_STATE_TOKEN && {
		stateStore: (scope) => new CloudflareStateStore(scope),
	}),
});

/** Of the stage `prod` alone; every other stage has an address of its own on workers.dev. */
const domain = app.stage === "prod" ? process.env.BOOKMARKS_DOMAIN : undefined;

export const worker = await Worker("worker", {
	entrypoint: "./src/index.ts",
	compatibilityDate: "2026-10-20",
	bindings: {
		BOOKMARKS_DO: DurableObjectNamespace<BookmarksDO>("bookmarks", {
			className: "BookmarksDO",
			sqlite: true,
		}),
		// Encrypted in the state by ALCHEMY_PASSWORD.
		JWT_SECRET: alchemy.secret.env("JWT_SECRET"),
		ASSETS: await Assets({ path: "./public" }),
	},
	assets: { run_worker_first: ["/api/*", "/data"] },
	observability: { enabled: true },
	...(domain && { domains: [domain], url: false }),
});

console.log(domain ? `https://${domain}` : worker.url);

await app.finalize();
