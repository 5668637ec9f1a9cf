import {
	authRoutes,
	notFound,
	onError,
	originGuard,
	session,
	type UserDOEnv,
	webSocketRoute,
} from "@userdo/worker";
import { Hono } from "hono";

const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);
app.use(originGuard(), session({ binding: "MY_APP_DO" }));
app.route("/", authRoutes());
app.route("/", webSocketRoute());

export default app;
