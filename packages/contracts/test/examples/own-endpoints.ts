import type { EndpointRequest, EndpointTypes } from "@userdo/contracts";
import { collectionEndpoints, defineEndpoints, endpoints } from "@userdo/contracts";
import { toOpenApi } from "@userdo/contracts/openapi";
import * as z from "zod";
import { collections } from "./collections.js";

export const shop = defineEndpoints({
	"POST /api/orders/:id/pay": {
		summary: "Pay an order",
		auth: "session",
		params: z.object({ id: z.uuid() }),
		body: z.object({ cents: z.int().positive() }),
		responses: { 200: z.object({ paid: z.boolean() }) },
		errors: ["not_found", "conflict"],
	},
});

export type Payment = EndpointRequest<"POST /api/orders/:id/pay", EndpointTypes<typeof shop>>; // { cents: number }

export const document = toOpenApi({
	title: "Shop",
	version: "1.0.0",
	endpoints: { ...endpoints, ...collectionEndpoints(collections), ...shop },
});
