import { expect, inject, it } from "vitest";
import { runTool } from "./support/run.js";

const project = inject("project");
const check = (config: string) => runTool(project, "typescript/bin/tsc", "--project", config);

it.each([
	["every example of the documentation, and the tests, in a Worker", "tsconfig.json"],
	["the client's examples in a page", "tsconfig.browser.json"],
	["the README of userdo", "tsconfig.readme.json"],
	["Drizzle's types where only userdo is installed", "tsconfig.drizzle.json"],
	["Drizzle's types where only the tables are", "tsconfig.drizzle-tables.json"],
	["Drizzle's types where the object's class is", "tsconfig.drizzle-core.json"],
	["effects, and their types", "tsconfig.effect.json"],
	["the types of the packages themselves, in a Worker", "tsconfig.lib.json"],
	["the types of userdo/client itself, in a page", "tsconfig.lib-browser.json"],
])("type-checks %s", async (_, config) => {
	await check(config);
});

it("loads no types of Drizzle where nothing imports them", async () => {
	const listFiles = async (config: string) => {
		const args = ["--project", config, "--listFilesOnly"] as const;
		return runTool(project, "typescript/bin/tsc", ...args);
	};
	expect(await listFiles("tsconfig.drizzle.json")).toContain("node_modules/drizzle-orm/");
	const files = await listFiles("tsconfig.lib.json");
	expect(files).toContain("node_modules/@userdo/tables/dist/index.d.ts");
	expect(files).not.toContain("drizzle-orm");
});
