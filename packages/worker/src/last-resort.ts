import type { Context, Hono, MiddlewareHandler } from "hono";
import type { UserDOEnv } from "./context.js";
import { quiet } from "./quiet.js";

/** Answers a request that no route has answered. Never rejects with an error. */
type Answer = () => Promise<Response>;

/** What is left for a request when all routes were asked. */
interface LastResort {
	/** What the endpoints of the path take, for `Allow`. */
	methods: Set<string>;
	serve?: Answer;
}

const resorts = new WeakMap<Context, LastResort>();

/** Notes that this path takes that method. */
export function allowMethod(c: Context, method: string): void {
	const { methods } = findResort(c);
	methods.add(method);
	// Hono answers HEAD wherever there is a GET.
	if (method === "GET") methods.add("HEAD");
}

/**
 * Serves a path where no route of the app does, wherever it is registered. `find` says before them
 * what would answer; `notFound` asks for it after them.
 */
export function serveLast(
	app: Hono<UserDOEnv>,
	path: string,
	find: (c: Context<UserDOEnv>) => Answer | undefined,
): void {
	const middleware: MiddlewareHandler<UserDOEnv> = async (c, next) => {
		const serve = find(c);
		if (serve === undefined) return next();
		findResort(c).serve = serve;
		const place = c.req.routeIndex;
		await next();
		// An app with a `notFound` of its own, in which nothing came after this: that one has answered.
		if (takeResort(c)?.serve === undefined || c.req.routeIndex !== place) return undefined;
		// Else the headers of that answer would be added to this one's.
		c.res = undefined;
		c.res = await serve();
		return undefined;
	};
	app.use(path, quiet(middleware));
}

/** What is left for this request; nothing the second time. */
export function takeResort(c: Context): LastResort | undefined {
	const resort = resorts.get(c);
	resorts.delete(c);
	return resort;
}

function findResort(c: Context): LastResort {
	const found = resorts.get(c);
	if (found !== undefined) return found;
	const resort: LastResort = { methods: new Set() };
	resorts.set(c, resort);
	const { notFound } = c;
	// A handler that calls it has decided that there is nothing. The app itself does not call this one.
	c.notFound = () => {
		resorts.delete(c);
		return notFound();
	};
	return resort;
}
