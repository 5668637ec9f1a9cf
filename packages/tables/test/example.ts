import { DurableObject } from "cloudflare:workers";
import { createDatabase } from "@userdo/tables";
import * as z from "zod";

const PostSchema = z.object({
	title: z.string().min(1).max(200),
	state: z.enum(["draft", "live"]).default("draft"),
	author: z.object({ name: z.string() }),
	publishedAt: z.date().optional(),
});

export class Blog extends DurableObject {
	#database = createDatabase(this.ctx.storage);
	#posts = this.#database.table("posts", PostSchema, { indexes: [["state", "createdAt"]] });

	write(title: string, name: string) {
		return this.#posts.create({ title, author: { name } });
	}

	publish(id: string) {
		return this.#posts.update(id, { state: "live", publishedAt: new Date() });
	}

	newest() {
		return this.#posts.where("state", "==", "live").orderBy("createdAt", "desc").limit(20).get();
	}

	changesAfter(seq: number) {
		return Response.json(this.#database.changes.read(seq, 100));
	}
}
