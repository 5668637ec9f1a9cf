import {
	collectionEndpoints,
	defineEndpoints,
	type Endpoints,
	endpoints,
	meEndpoints,
} from "@userdo/contracts";
import type { OpenApiDocument } from "@userdo/contracts/openapi";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { docsViewer } from "../src/docs-viewer.js";
import { docsRoutes, notFound, onError, type UserDOEnv } from "../src/index.js";
import { collections } from "./collections.js";
import { type App, codeOf, createApp, evil, send } from "./helpers.js";

const documentOf = async (app: App, path = "/api/openapi.json"): Promise<OpenApiDocument> => {
	const response = await send(app, path);
	expect(response.status).toBe(200);
	return response.json();
};

const namesIn = ({ paths }: OpenApiDocument) =>
	Object.entries(paths)
		.flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
		)
		.sort();

const inDocument = (names: object) =>
	Object.keys(names)
		.map((name) => name.replace(/:(\w+)/g, "{$1}"))
		.sort();

const shop = defineEndpoints({
	"POST /api/orders/:id": {
		tag: "Shop",
		summary: "Order <it>",
		params: z.object({ id: z.string() }),
		body: z.object({ count: z.int() }),
		responses: { 201: z.object({ done: z.boolean() }) },
	},
});

describe("the document", () => {
	it("has what the app serves", async () => {
		const app = createApp({ collections, docs: { title: "Notes", endpoints: shop } });
		const document = await documentOf(app);
		const all = { ...endpoints, ...collectionEndpoints(collections), ...shop };
		expect(namesIn(document)).toEqual(inDocument(all));
		expect(document.info).toEqual({ title: "Notes", version: "1.0.0" });
		expect(document.components.securitySchemes.cookie).toMatchObject({ name: "__Host-userdo_at" });
	});

	it("has the cookie's name of development", async () => {
		const bindings = { USERDO_DEV: "1" };
		const { env } = await import("cloudflare:workers");
		const response = await send(createApp(), "/api/openapi.json", {
			bindings: { ...env, ...bindings },
		});
		const { components } = (await response.json()) as OpenApiDocument;
		expect(components.securitySchemes.cookie).toMatchObject({ name: "userdo_at" });
	});

	it("names the place at which the app is mounted", async () => {
		const app = createApp();
		const mounted = new Hono().route("/v1", app).route("/", app);
		const servers = async (path: string) => (await documentOf(mounted, path)).servers;
		expect(await servers("/api/openapi.json")).toEqual([{ url: "/" }]);
		expect(await servers("/v1/api/openapi.json")).toEqual([{ url: "/v1" }]);
	});

	it("is described by an endpoint of one's own where that takes a collection's place", async () => {
		const own = defineEndpoints({
			"GET /api/posts/:slug": {
				summary: "Mine",
				params: z.object({ slug: z.string() }),
				responses: { 200: z.object({ mine: z.boolean() }) },
			},
		});
		const document = await documentOf(createApp({ collections, docs: { endpoints: own } }));
		expect(document.paths["/api/posts/{slug}"]?.get).toMatchObject({ summary: "Mine" });
		expect(document.paths["/api/posts/{slug}"]).toHaveProperty("patch");
		expect(document.paths).not.toHaveProperty(["/api/posts/{id}"]);
	});

	it("is of chosen parts alone", async () => {
		const app = new Hono<UserDOEnv>().onError(onError).notFound(notFound);
		app.route("/", docsRoutes({ endpoints: { ...meEndpoints, ...shop }, version: "2" }));
		expect(namesIn(await documentOf(app))).toEqual(["GET /api/me", "POST /api/orders/{id}"]);
		const post = await send(app, "/api/openapi.json", { method: "POST" });
		expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
	});
});

describe("what can't be", () => {
	it("is an endpoint of one's own in the place of UserDO's", () => {
		const twin = defineEndpoints({
			"DELETE /api/sessions/:sid": {
				params: z.object({ sid: z.string() }),
				responses: { 204: null },
			},
		});
		const run = () => createApp({ docs: { endpoints: twin } });
		expect(run).toThrow("DELETE /api/sessions/:sid is an endpoint of UserDO.");
	});

	it.each(["GET /api/docs", "POST /api/docs", "GET /api/openapi.json"] as const)(
		"is an endpoint of one's own at the path of the documentation: %s",
		(name) => {
			const endpoints: Endpoints = { [name]: { responses: { 204: null } } };
			const message = `${name} is an endpoint of UserDO.`;
			expect(() => createApp({ docs: { endpoints } })).toThrow(message);
			expect(() => docsRoutes({ endpoints })).toThrow(message);
			// Where nothing of the documentation is served, the path is free.
			expect(() => createApp({ docs: { endpoints, openapi: false } })).not.toThrow();
		},
	);

	it("is a page without a document", () => {
		expect(() => createApp({ docs: { openapi: false, page: true } })).toThrow(
			"The page needs the document.",
		);
	});
});

describe("switched off", () => {
	it.each([
		[false, 404, 404],
		[{ page: false }, 200, 404],
		[{ openapi: false }, 404, 404],
	] as const)("by %j", async (docs, document, page) => {
		const app = createApp({ docs });
		expect((await send(app, "/api/openapi.json")).status).toBe(document);
		expect((await send(app, "/api/docs")).status).toBe(page);
		expect((await send(app, `/api/docs/${docsViewer.version}/viewer.js`)).status).toBe(404);
	});
});

/** What each page says to browsers. */
function expectGuarded(response: Response): string {
	expect(response.status).toBe(200);
	expect(response.headers.get("content-type")).toMatch(/^text\/html/);
	expect(response.headers.get("x-content-type-options")).toBe("nosniff");
	expect(response.headers.get("cache-control")).toBe("no-store");
	const policy = response.headers.get("content-security-policy") ?? "";
	expect(policy).toMatch(/^default-src 'none'; /);
	expect(policy).toMatch(/; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
	expect(policy).not.toContain("unsafe");
	expect(policy).not.toContain("http");
	return policy;
}

describe("the plain page", () => {
	it("shows every endpoint, and runs nothing", async () => {
		const app = createApp({ collections, docs: { title: "<b>Notes</b>", endpoints: shop } });
		const response = await send(app, "/api/docs");
		const policy = expectGuarded(response);
		expect(policy).not.toContain("script-src");
		const html = await response.text();
		expect(html).not.toMatch(/<script|<b>Notes|<it>|\son\w+=|https?:/);
		expect(html).toContain("<title>&lt;b&gt;Notes");
		for (const [path, methods] of Object.entries((await documentOf(app)).paths)) {
			expect(html).toContain(`>${path}<`);
			for (const operation of Object.values(methods)) {
				const { operationId } = operation as { operationId: string };
				expect(html).toContain(`id="${operationId}"`);
			}
		}
	});

	it("has the one style sheet that its policy names", async () => {
		const response = await send(createApp(), "/api/docs");
		const policy = response.headers.get("content-security-policy") ?? "";
		const [, css = ""] = /<style>([\s\S]*?)<\/style>/.exec(await response.text()) ?? [];
		const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(css));
		expect(policy).toContain(`'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`);
	});
});

describe("the viewer", () => {
	const app = createApp({ docs: { viewer: docsViewer } });
	const folder = `/api/docs/${docsViewer.version}`;

	it("is a page whose scripts and styles are the Worker's own", async () => {
		const response = await send(app, "/api/docs");
		const policy = expectGuarded(response);
		const html = await response.text();
		const [, nonce = ""] = /'nonce-([^']+)'/.exec(policy) ?? [];
		expect(nonce).toMatch(/^[\w+/]{24}$/);
		expect(html.match(/<(script|link rel="stylesheet)[^>]*>/g)).toHaveLength(3);
		expect(html.split(`nonce="${nonce}"`)).toHaveLength(4);
		expect(html).not.toMatch(/https?:|<script(?![^>]*src=)|\son\w+=|style=/);
		const again = await send(app, "/api/docs");
		expect(again.headers.get("content-security-policy")).not.toContain(nonce);
	});

	it("has files that are kept for good, under a path that changes with them", async () => {
		for (const [file, type] of [
			["viewer.js", "text/javascript; charset=utf-8"],
			["start.js", "text/javascript; charset=utf-8"],
			["viewer.css", "text/css; charset=utf-8"],
		]) {
			const response = await send(app, `${folder}/${file}`, { headers: { origin: evil } });
			expect(response.status).toBe(200);
			expect(response.headers.get("content-type")).toBe(type);
			expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
			expect(response.headers.get("x-content-type-options")).toBe("nosniff");
			expect(response.headers.get("access-control-allow-origin")).toBeNull();
			expect((await response.text()).length).toBeGreaterThan(100);
		}
		for (const path of [
			`${folder}/other.js`,
			"/api/docs/0/viewer.js",
			`${folder}/..%2Fviewer.js`,
		]) {
			const response = await send(app, path);
			expect([response.status, await codeOf(response)]).toEqual([404, "not_found"]);
		}
	});

	it("leaves what else is below its path to routes of one's own", async () => {
		const own = createApp({ docs: { viewer: docsViewer } });
		own.get("/api/docs/guide/start", (c) => c.text("a guide"));
		expect(await (await send(own, "/api/docs/guide/start")).text()).toBe("a guide");
	});
});
