import { defineEndpoints } from "@userdo/contracts";
import { createUserDOWorker } from "@userdo/worker";
import { docsViewer } from "@userdo/worker/docs-viewer";
import * as z from "zod";

export const shop = defineEndpoints({
	"POST /api/orders/:id/pay": {
		summary: "Pay an order",
		auth: "session",
		params: z.object({ id: z.uuid() }),
		body: z.object({ cents: z.int().positive() }),
		responses: { 200: z.object({ paid: z.boolean() }) },
		errors: ["not_found"],
	},
});

const app = createUserDOWorker("MY_APP_DO", {
	docs: { title: "Shop", version: "2.1.0", endpoints: shop, viewer: docsViewer },
});

export default app;
