import { UserDO } from "@userdo/core";
import { createUserDOWorker, createWebSocketHandler } from "@userdo/worker";

export { UserDO };

const app = createUserDOWorker();
const sockets = createWebSocketHandler();

/** The least that an app with everything is. */
export default {
	fetch(request: Request, env: object, ctx: ExecutionContext): Response | Promise<Response> {
		const isUpgrade = request.headers.get("upgrade") === "websocket";
		return isUpgrade ? sockets.fetch(request, env, ctx) : app.fetch(request, env as never, ctx);
	},
};
