import {
	authRoutes,
	collectionRoutes,
	notFound,
	onError,
	originGuard,
	session,
	type UserDOEnv,
	webSocketRoute,
} from "@userdo/worker";
import { Hono } from "hono";
import { collections } from "./collections.js";

const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);
app.use(originGuard(), session({ binding: "MY_APP_DO" }));
app.route("/", authRoutes());
app.route("/", webSocketRoute());
app.route("/", collectionRoutes({ collections }));

export default app;
