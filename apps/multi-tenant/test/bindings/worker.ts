import { createUserDOWorker } from "userdo";
import { collections, NotesDO } from "../../src/notes-do.js";

/** Two bindings name this one. */
export class SharedDO extends NotesDO {}
// A class for each binding: no more than a name.
export class AcmeDO extends NotesDO {}
export class BetaDO extends NotesDO {}

const workers = new Map(
	["ONE_DO", "OTHER_DO", "ACME_DO", "BETA_DO"].map((binding) => [
		new URL(`https://${binding.replace("_DO", "")}.example.com`).host,
		createUserDOWorker(binding, { collections }),
	]),
);

export default {
	fetch(request: Request, env: Cloudflare.Env, ctx: ExecutionContext) {
		const app = workers.get(new URL(request.url).host);
		return app?.fetch(request, env, ctx) ?? new Response(null, { status: 404 });
	},
};
