import { env } from "cloudflare:workers";
import { collections, keys } from "@apps/frontend-contract";
import { createUserDOWorker, UserDO } from "userdo";

export class BoardDO extends UserDO {
	static override options = { keys };
	collections = this.tables(collections);
}

export default createUserDOWorker("BOARD_DO", {
	collections,
	// An empty text is no origin: without its variable the Worker says so and does not start.
	origins: env.ORIGINS.split(","),
});
