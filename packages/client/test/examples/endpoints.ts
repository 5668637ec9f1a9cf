import { createEndpointClient, isUserDOError } from "@userdo/client/endpoints";
import type { ShopEndpoints } from "../shop-endpoints.js";

const api = createEndpointClient<ShopEndpoints>("/v1");

const { order } = await api("GET /orders/:id", { params: { id: "7" }, query: { note: "thanks" } });

const { status, body } = await api.answer("POST /orders", { body: { pieces: order.pieces } });
if (status === 201) show(body.order.id);

try {
	await api("DELETE /orders/:id", { params: { id: order.id }, timeout: 5_000 });
} catch (error) {
	if (isUserDOError(error, "not_found")) show("It is gone already.");
	else throw error;
}

const file = await api("GET /orders.csv"); // a Response
show(await file.text());

declare function show(text: string): void;
