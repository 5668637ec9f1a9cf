import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectName, type SignedIn } from "../src/index.js";
import { newEmail, password, sessionOf } from "./helpers.js";
import type { ShopDO } from "./worker.js";

/** The object as called directly; the runtime's own type of it turns `unknown` into `never`. */
export type Shop = Omit<ShopDO, "fetch" | "shop" | "products" | "rang"> & DurableObjectStub<ShopDO>;

export const shopOf = (email: string): Shop => env.SHOP.getByName(objectName(email)) as Shop;

/** Signs somebody up. */
export async function openShop(email = newEmail()) {
	const shop = shopOf(email);
	const signedIn = (await shop.signup({ email, password })) as SignedIn;
	return { email, shop, signedIn, session: sessionOf(signedIn) };
}

/** Runs beside the object, in its own context. */
export const inShop = <R>(
	shop: Shop,
	run: (object: ShopDO, state: DurableObjectState) => R | Promise<R>,
) => runInDurableObject(shop as DurableObjectStub<ShopDO>, run);

/** An id as a client gives it to a write. */
export const newMutation = () => crypto.randomUUID();
