import { authEndpoints, meEndpoints, socketEndpoints } from "@userdo/contracts";
import {
	authRoutes,
	docsRoutes,
	endpointRoutes,
	getUserDOFromContext,
	meRoutes,
	notFound,
	onError,
	originGuard,
	type SessionUser,
	session,
	type UserDOEnv,
	webSocketRoute,
} from "@userdo/worker";
import { type Context, Hono } from "hono";
import { timesheet } from "./contract.js";
import { toCsv } from "./csv.js";
import { TimesheetDO } from "./timesheet-do.js";

export { TimesheetDO };

const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);

app.use("/v1/*", originGuard(), session({ binding: "TIMESHEET_DO" }));
app.route("/v1", authRoutes());
app.route("/v1", meRoutes());
app.route("/v1", webSocketRoute());

app.route(
	"/v1",
	endpointRoutes(timesheet, {
		"GET /entries": async (c, { query }) => ({ entries: await sheetOf(c).readPeriod(query) }),
		"POST /entries": async (c, { body }) => ({
			entry: await sheetOf(c).start(body, c.req.header("user-agent")?.slice(0, 200)),
		}),
		"POST /entries/:id/stop": async (c, { params }) => ({
			entry: await sheetOf(c).stop(params.id),
		}),
		"DELETE /entries/:id": (c, { params }) => sheetOf(c).remove(params.id),
		"GET /totals": async (c, { query }) => {
			const totals = await sheetOf(c).total(query);
			return { totals: totals.map(([project, seconds]) => ({ project, seconds })) };
		},
		"GET /entries.csv": async (c) =>
			c.body(toCsv(await sheetOf(c).readPeriod()), 200, {
				"cache-control": "no-store",
				"content-disposition": 'attachment; filename="timesheet.csv"',
				"content-type": "text/csv; charset=utf-8",
				"x-content-type-options": "nosniff",
			}),
		"GET /time": () => ({ now: new Date().toISOString() }),
	}),
);

app.route(
	"/v1",
	docsRoutes({
		title: "Timesheet",
		endpoints: { ...timesheet, ...authEndpoints, ...meEndpoints, ...socketEndpoints },
	}),
);

/** The object of whoever is signed in. */
function sheetOf(c: Context<UserDOEnv & { Variables: { user: SessionUser } }>) {
	return getUserDOFromContext<TimesheetDO>(c, c.get("user").email);
}

export default app;
