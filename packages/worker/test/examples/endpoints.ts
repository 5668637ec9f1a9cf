import { defineEndpoints, UserDOError } from "@userdo/contracts";
import { UserDO } from "@userdo/core";
import {
	createUserDOWorker,
	endpointRoutes,
	getUserDOFromContext,
	rateLimit,
	reply,
} from "@userdo/worker";
import * as z from "zod";

const OrderSchema = z.object({ id: z.string(), pieces: z.int() });

export const shop = defineEndpoints({
	"GET /api/orders/:id": {
		auth: "session",
		params: z.object({ id: z.uuid() }),
		responses: { 200: z.object({ order: OrderSchema }) },
		errors: ["not_found"],
	},
	"POST /api/orders": {
		auth: "session",
		body: z.object({ pieces: z.int().min(1) }),
		responses: { 201: z.object({ order: OrderSchema }), 202: z.object({ waits: z.literal(true) }) },
	},
});

export class ShopDO extends UserDO {
	orders = this.table("orders", z.object({ pieces: z.int(), margin: z.number().default(0) }));
}

const app = createUserDOWorker("SHOP_DO");

app.route(
	"/",
	endpointRoutes(shop, {
		"GET /api/orders/:id": async (c, { params }) => {
			const userDO = getUserDOFromContext<ShopDO>(c, c.get("user").email);
			const order = await userDO.orders.findById(params.id);
			if (!order) throw new UserDOError("not_found");
			return { order };
		},
		"POST /api/orders": {
			before: rateLimit({ name: "orders", limit: 10, period: 60 }),
			maxBytes: 1024,
			handle: async (c, { body }) => {
				if (body.pieces > 100) return reply(202, { waits: true });
				const userDO = getUserDOFromContext<ShopDO>(c, c.get("user").email);
				return reply(201, { order: await userDO.orders.create(body) });
			},
		},
	}),
);

export default app;
