import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, inject, it } from "vitest";
import { startWrangler } from "./support/dev-server.js";
import { writeFirstExample } from "./support/examples.js";
import { install, pinned, released } from "./support/npm.js";
import { here, root, runOwnTool } from "./support/run.js";

const release = inject("release");
const project = join(inject("folder"), "tables");

beforeAll(async () => {
	await cp(join(here, "projects/tables"), project, { recursive: true });
	await writeFirstExample(join(root, "packages/tables/README.md"), join(project, "src/blog.ts"));
	await install(project, release, {
		...released(release, "@userdo/tables"),
		...(await pinned(here, "@cloudflare/workers-types", "zod")),
	});
});

it("installs no other part of UserDO than the contracts", async () => {
	expect(await readdir(join(project, "node_modules/@userdo"))).toEqual(["contracts", "tables"]);
	const names = await readdir(join(project, "node_modules"));
	expect(names.filter((name) => !name.startsWith("."))).toEqual([
		"@cloudflare",
		"@userdo",
		"drizzle-orm",
		"uuid",
		"zod",
	]);
});

it("type-checks, the packages' own types included", async () => {
	await runOwnTool(project, "typescript/bin/tsc");
});

it("creates and queries in a plain Durable Object", async () => {
	await using server = await startWrangler(project);
	const write = (title: string) =>
		fetch(server.url, { method: "POST", body: JSON.stringify({ title, name: "Ann" }) });
	const rows = [];
	for (const title of ["Hello", "World"]) rows.unshift(await (await write(title)).json());
	expect(rows).toMatchObject([
		{ title: "World", state: "live", author: { name: "Ann" } },
		{ title: "Hello", state: "live", author: { name: "Ann" } },
	]);
	expect(await (await fetch(server.url)).json()).toEqual(rows);
	const changes = await (await fetch(`${server.url}/changes`)).json();
	expect(changes).toHaveLength(4);
});
