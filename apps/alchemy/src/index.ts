import { createUserDOWorker, UserDO } from "userdo";
import { collections } from "./bookmarks.js";

/** One of these per user, with a database of its own. */
export class BookmarksDO extends UserDO {
	readonly collections = this.tables(collections);
}

const app = createUserDOWorker<{ Bindings: Env }>("BOOKMARKS_DO", { collections });

// Cloudflare finds the page's files before it asks the Worker; Alchemy's local mode asks it first.
app.get("/:file?", (c) => c.env.ASSETS.fetch(c.req.raw));

export default app;
