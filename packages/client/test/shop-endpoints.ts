import type { Endpoints, EndpointTypes } from "@userdo/contracts";
import * as z from "zod";

const OrderSchema = z.object({ id: z.string(), pieces: z.int() });

/** What the test worker serves below `/v1`. */
export const shopEndpoints = {
	"GET /orders/:id": {
		auth: "session",
		params: z.object({ id: z.string() }),
		query: z.object({
			note: z.string().optional(),
			pieces: z.coerce.number<string | number>().optional(),
		}),
		responses: {
			200: z.object({ order: OrderSchema, note: z.string().optional(), buyer: z.email() }),
		},
	},
	"POST /orders": {
		body: z.object({ pieces: z.int().min(1) }),
		responses: { 201: z.object({ order: OrderSchema }), 202: z.object({ waits: z.literal(true) }) },
		errors: ["conflict"],
	},
	"PUT /open": { body: z.boolean(), responses: { 200: z.boolean() } },
	"DELETE /orders/:id": { params: z.object({ id: z.string() }), responses: { 204: null } },
	"GET /orders.csv": { responses: { 200: { contentType: "text/csv" } } },
} as const satisfies Endpoints;

export type ShopEndpoints = EndpointTypes<typeof shopEndpoints>;
