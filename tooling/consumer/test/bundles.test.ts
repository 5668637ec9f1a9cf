import { gzipSync } from "node:zlib";
import { describe, expect, inject, it } from "vitest";
import { bundle, page, worker } from "./support/bundle.js";
import { dryDeploy } from "./support/dry-deploy.js";
import { report } from "./support/report.js";
import { run } from "./support/run.js";

const project = inject("project");
const server = "node_modules/userdo/dist/server.js";
const client = "node_modules/userdo/dist/client.js";

/** Uses all that an import gives, so that nothing of it is shaken off. */
const useAll = (name: string) =>
	`import * as all from ${JSON.stringify(name)}; globalThis.all = all;`;

const packagesOf = (inputs: string[]) =>
	new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));

describe.each(["userdo", "userdo/client"])("a page with %s", (name) => {
	it("holds the client and nothing of the server", async () => {
		const { code, inputs } = await bundle(useAll(name), page);
		report(`a page with ${name}`, code);
		expect(inputs).toContain(client);
		expect(inputs).not.toContain(server);
		expect([...packagesOf(inputs)].sort()).toEqual([
			"@userdo/client",
			"@userdo/contracts",
			"userdo",
		]);
		expect(code).not.toMatch(/zod|hono|jose|drizzle|cloudflare:|node:/i);
	});
});

describe.each(["userdo", "userdo/server"])("a Worker with %s", (name) => {
	it("holds the server, and one copy of each package", async () => {
		const { code, inputs } = await bundle(useAll(name), worker);
		report(`a Worker with ${name}`, code);
		expect(inputs).toContain(server);
		const packages = packagesOf(inputs);
		for (const part of ["@userdo/core", "@userdo/tables", "@userdo/worker", "hono", "jose"]) {
			expect(packages).toContain(part);
		}
		expect(inputs.filter((input) => /node_modules\/.*node_modules\//.test(input))).toEqual([]);
		expect(code).not.toMatch(/["']node:/);
		expect(inputs.filter((input) => /common-password|scrypt/.test(input))).toEqual([]);
	});
});

it("@userdo/effect brings a page nothing but Effect and the codes", async () => {
	const { code, inputs } = await bundle(useAll("@userdo/effect"), page);
	report("a page with @userdo/effect", code);
	expect([...packagesOf(inputs)].sort()).toEqual(["@userdo/contracts", "@userdo/effect", "effect"]);
	expect(gzipSync(code).byteLength).toBeLessThan(72 * 1024);
});

describe("a Worker made of parts", () => {
	it("holds nothing of the parts that it leaves out", async () => {
		const { code } = await bundle(
			`import { authRoutes, endpointRoutes, meRoutes, onError, originGuard, session } from "@userdo/worker";
			import { Hono } from "hono";
			const app = new Hono().onError(onError).use(originGuard(), session());
			app.route("/", authRoutes()).route("/", meRoutes()).route("/", endpointRoutes({}, {}));
			export default app;`,
			worker,
		);
		report("a Worker made of parts", code);
		expect(code).toContain("POST /api/login");
		expect(code).toContain("GET /api/me");
		for (const text of ["GET /data", "/api/batch", "/api/:collection", "/api/export", "/api/ws"]) {
			expect(code).not.toContain(text);
		}
	});
});

describe("what a Worker has to ask for", () => {
	it("the common passwords, of which there are 4,000", async () => {
		const { code, inputs } = await bundle(useAll("userdo/common-passwords"), worker);
		report("the common passwords", code);
		expect(inputs.some((input) => input.includes("common-passwords"))).toBe(true);
		expect(code).toContain("THIRD-PARTY-LICENSES");
		expect(gzipSync(code).byteLength).toBeLessThan(12 * 1024);
		expect(code).not.toMatch(/["']node:/);
	});

	it("scrypt, which is the runtime's own", async () => {
		const external = ["cloudflare:*", "node:crypto"];
		const { code } = await bundle(useAll("userdo/scrypt"), { ...worker, external });
		report("scrypt", code);
		expect(code).toMatch(/["']node:crypto/);
		expect(code).toContain("$userdo-scrypt$");
	});
});

describe.each([
	["userdo", "userdo/drizzle"],
	["@userdo/tables", "@userdo/tables/drizzle"],
])("a Worker with %s", (name, drizzle) => {
	const driver = /node_modules\/drizzle-orm\//;

	it("holds Drizzle only by an import of its own", async () => {
		const { inputs } = await bundle(useAll(name), worker);
		expect(inputs.filter((input) => driver.test(input))).toEqual([]);
	});

	it("holds it also where the import takes no name", async () => {
		const { code, inputs } = await bundle(`import "${drizzle}"; ${useAll(name)}`, worker);
		report(`a Worker with ${name} and its Drizzle`, code);
		expect(inputs.filter((input) => driver.test(input))).not.toEqual([]);
		expect(code).toContain("DrizzleSqliteDODatabase");
	});
});

/** The names that a package exports. */
async function exportsOf(name: string): Promise<string[]> {
	const { exports } = await bundle(`export * from ${JSON.stringify(name)};`, worker);
	return exports;
}

// What is new in a part is either exported by `userdo` as well or named here.
it.each([
	["@userdo/client", []],
	[
		"@userdo/contracts",
		[
			"IfVersionSchema",
			"ListQuerySchema",
			"RowParamsSchema",
			"TtlSchema",
			"UpdateQuerySchema",
			"UpsertQuerySchema",
			"bearerSubprotocolPrefix",
			"closeCodes",
			"codeOfStatus",
			"isAsyncError",
			"kvEvent",
			"parseEndpointName",
			"ping",
			"pong",
			"subprotocol",
			"tableEvent",
		],
	],
	["@userdo/core", []],
	["@userdo/tables", ["createDatabase", "queryMethods", "tableMethods"]],
	["@userdo/worker", []],
])("gives all of %s but what makes sense only in there", async (name, internal) => {
	const all = await exportsOf("userdo");
	const missing = (await exportsOf(name)).filter((found) => !all.includes(found));
	expect(missing.sort()).toEqual(internal);
});

it("gives all of Drizzle that the tables give", async () => {
	const all = await exportsOf("@userdo/tables/drizzle");
	expect(all).toContain("eq");
	expect(await exportsOf("userdo/drizzle")).toEqual(all);
});

it("gives the client to Node", async () => {
	const script = "console.log(Object.keys(await import('userdo')).sort().join())";
	const args = ["--input-type=module", "--eval", script] as const;
	const output = await run([process.execPath, ...args], { cwd: project });
	expect(output.trim()).toBe("UserDOClient,UserDOError,isUserDOError");
});

describe("wrangler deploy --dry-run", () => {
	it.each([
		["the documentation's Worker", "wrangler.jsonc"],
		["a Worker with Drizzle", "drizzle/wrangler.jsonc"],
	])("bundles %s", async (name, config) => {
		const { code, inputs } = await dryDeploy(project, config);
		expect(inputs).toContain(server);
		report(name, code);
	});
});
