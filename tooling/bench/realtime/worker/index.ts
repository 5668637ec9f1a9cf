import { objectName } from "@userdo/core/identity";
import { ByHand } from "./by-hand.ts";
import { counts, emailOf, Ours } from "./ours.ts";

export { ByHand, Ours };

interface Env {
	OURS: DurableObjectNamespace<Ours>;
	BY_HAND: DurableObjectNamespace<ByHand>;
}

/** By object; a Worker reads the id of a user's from the token. */
const ids = new Map<string, DurableObjectId>();

/**
 * `/ours-<...>/<action>` and `/by-hand-<...>/<action>`: both are reached in the same way. `/counts`
 * wakes no object.
 */
export default {
	async fetch(request: Request, { OURS, BY_HAND }: Env): Promise<Response> {
		const [, object = ""] = new URL(request.url).pathname.split("/");
		if (object === "counts") return Response.json(counts);
		const isOurs = object.startsWith("ours-");
		const namespace = isOurs ? OURS : BY_HAND;
		const id =
			ids.get(object) ?? namespace.idFromName(isOurs ? objectName(emailOf(object)) : object);
		ids.set(object, id);
		return namespace.get(id).fetch(request);
	},
};
