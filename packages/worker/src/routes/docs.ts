import {
	type Collections,
	collectionEndpoints,
	type Endpoints,
	parseEndpointName,
} from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import { type OpenApiDocument, toOpenApi } from "@userdo/contracts/openapi";
import type { Context } from "hono";
import type { UserDOEnv } from "../context.js";
import { cookieNames } from "../cookies.js";
import { plainPolicy, renderPlain } from "../docs/plain-page.js";
import type { DocsViewer } from "../docs/viewer.js";
import { answer, onError } from "../errors.js";
import { Hono } from "../hono.js";
import { allowMethod } from "../last-resort.js";
import { answerPage } from "../page.js";

/** What the documentation says, and where it stands. */
export interface DocsOptions {
	/** What the API is called; `API`. */
	title?: string;
	/** The version of the API; `1.0.0`. */
	version?: string;
	/** What it is for, as Markdown. */
	description?: string;
	/** Endpoints of your own, from `defineEndpoints`. */
	endpoints?: Endpoints;
	/** Whether the document is served, at `/api/openapi.json`; the page needs it. */
	openapi?: boolean;
	/** Whether the page is served, at `/api/docs`. */
	page?: boolean;
	/**
	 * Shows the page, and sends requests from it: `docsViewer` of `@userdo/worker/docs-viewer`. Without
	 * it the page is a plain one to read, without any script.
	 */
	viewer?: DocsViewer;
}

export interface DocsRoutesOptions extends DocsOptions {
	/** Everything that the app serves but its collections: `{ ...authEndpoints, ...shop }`. */
	endpoints: Endpoints;
	/** Collections of which the exposed ones are described. An endpoint of the same name wins. */
	collections?: Collections;
}

/**
 * `GET /api/openapi.json`, the endpoints as a document of OpenAPI 3.1, and `GET /api/docs`, the same
 * as a page. Both are for everybody: they hold nothing of anybody's data.
 *
 * The server in the document is where it was asked for, so that it is right under any base path.
 *
 * @throws UserDOError `misconfigured` for a page without a document and for an endpoint at the path of
 * either; for endpoints that can't be described, when the document is asked for
 * @example
 * app.route("/", docsRoutes({ title: "Shop", endpoints: { ...authEndpoints, ...shop } }));
 */
export function docsRoutes(options: DocsRoutesOptions): Hono<UserDOEnv> {
	const { openapi = true, page = openapi, viewer } = options;
	if (page && !openapi) throw misconfigured("docs.page", "The page needs the document.");
	const own = [...(openapi ? ["/api/openapi.json"] : []), ...(page ? ["/api/docs"] : [])];
	refuseOwn(options.endpoints, (name) => own.includes(name.replace(/^\S+ /, "")));
	const documents = new Map<string, OpenApiDocument>();
	const find = (c: Context, path: string) => {
		const base = c.req.path.slice(0, -path.length);
		const { access } = cookieNames(c.env);
		const key = `${base} ${access}`;
		const document = documents.get(key) ?? describe(options, base, access);
		// Below a parameter, as in `/:tenant/api/docs`, there is no end of them.
		if (documents.size < 16) documents.set(key, document);
		return document;
	};
	const app = new Hono<UserDOEnv>();
	app.onError(onError);
	app.use("/api/openapi.json", (c, next) => {
		if (openapi) allowMethod(c, "GET");
		return next();
	});
	if (openapi) app.get("/api/openapi.json", (c) => answer(c, find(c, "/api/openapi.json")));
	if (page) servePage(app, viewer, (c) => find(c, "/api/docs"));
	return app;
}

function servePage(
	app: Hono<UserDOEnv>,
	viewer: DocsViewer | undefined,
	find: (c: Context) => OpenApiDocument,
): void {
	app.use("/api/docs", (c, next) => {
		allowMethod(c, "GET");
		return next();
	});
	app.get("/api/docs", async (c) => {
		const document = find(c);
		if (viewer !== undefined) return viewer.answerPage(c, document.info.title);
		return answerPage(c, renderPlain(document), await plainPolicy());
	});
	if (viewer === undefined) return;
	app.get("/api/docs/:version/:file", async (c, next) => {
		const { version, file } = c.req.param();
		return viewer.answerFile(c, `${version}/${file}`) ?? next();
	});
}

function describe(options: DocsRoutesOptions, base: string, cookie: string): OpenApiDocument {
	const { title = "API", version = "1.0.0", description, endpoints, collections = {} } = options;
	return toOpenApi({
		title,
		version,
		...(description !== undefined && { description }),
		endpoints: addMissing(endpoints, collectionEndpoints(collections)),
		servers: [{ url: base === "" ? "/" : base }],
		cookie,
	});
}

/** Two names that are alike in it serve the same requests. */
function shapeOf(name: string): string {
	const { method = "", shape = name } = parseEndpointName(name) ?? {};
	return `${method} ${shape}`;
}

function addMissing(endpoints: Endpoints, others: Endpoints): Endpoints {
	const taken = new Set(Object.keys(endpoints).map(shapeOf));
	const missing = Object.entries(others).filter(([name]) => !taken.has(shapeOf(name)));
	return { ...endpoints, ...Object.fromEntries(missing) };
}

/**
 * The endpoints of UserDO and a developer's own.
 *
 * @throws UserDOError `misconfigured` for one of the developer's that would never be asked
 */
export function addOwn(builtIn: Endpoints, own: Endpoints): Endpoints {
	const taken = new Set(Object.keys(builtIn).map(shapeOf));
	refuseOwn(own, (name) => taken.has(shapeOf(name)));
	return { ...builtIn, ...own };
}

function refuseOwn(own: Endpoints, isTaken: (name: string) => boolean): void {
	const twin = Object.keys(own).find(isTaken);
	if (twin === undefined) return;
	throw misconfigured(`docs.endpoints.${twin}`, `${twin} is an endpoint of UserDO.`);
}

function misconfigured(path: string, message: string): UserDOError {
	return new UserDOError("misconfigured", { message, issues: [{ path, message }] });
}
