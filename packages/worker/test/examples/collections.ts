import { defineCollections } from "@userdo/contracts";
import { UserDO } from "@userdo/core";
import { createUserDOWorker } from "@userdo/worker";
import * as z from "zod";

export const collections = defineCollections({
	posts: {
		schema: z.object({ title: z.string(), slug: z.string(), publishedAt: z.date().optional() }),
		unique: ["slug"],
		expose: "write",
	},
	invoices: { schema: z.object({ total: z.number() }), expose: "read" },
});

export class MyAppDO extends UserDO {
	collections = this.tables(collections);
}

const app = createUserDOWorker("MY_APP_DO", { collections });

export default app;
