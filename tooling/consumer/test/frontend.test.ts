import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, inject, it } from "vitest";
import { install, pinned, released } from "./support/npm.js";
import { report } from "./support/report.js";
import { here, runOwnTool } from "./support/run.js";

const release = inject("release");
const project = join(inject("folder"), "frontend");

beforeAll(async () => {
	await cp(join(here, "projects/frontend"), project, { recursive: true });
	await install(project, release, {
		...released(release, "@userdo/client", "@userdo/contracts"),
		...(await pinned(here, "zod")),
	});
});

it("installs nothing of the server", async () => {
	const names = await readdir(join(project, "node_modules"));
	expect(names.filter((name) => !name.startsWith("."))).toEqual(["@userdo", "zod"]);
	expect(await readdir(join(project, "node_modules/@userdo"))).toEqual(["client", "contracts"]);
});

it("type-checks, the packages' own types included", async () => {
	await runOwnTool(project, "typescript/bin/tsc");
});

it("builds to a page without Zod or anything of the server", async () => {
	await runOwnTool(project, "vite/bin/vite.js", "build", "--logLevel", "warn");
	const assets = join(project, "dist/assets");
	const scripts = (await readdir(assets)).filter((name) => name.endsWith(".js"));
	expect(scripts).toHaveLength(1);
	const code = await readFile(join(assets, scripts[0] ?? ""), "utf8");
	report("a page with @userdo/client and its live queries, by Vite", code);
	expect(code).toContain("https://api.example.com/api");
	expect(code).not.toMatch(/zod|hono|jose|drizzle|cloudflare:|node:/i);
});
