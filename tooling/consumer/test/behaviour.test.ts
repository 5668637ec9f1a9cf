import { expect, inject, it } from "vitest";
import { runTool } from "./support/run.js";

it.each([
	["what the documentation's examples say", "."],
	["what Drizzle is asked for", "drizzle"],
])("does in workerd %s", async (_, root) => {
	const output = await runTool(inject("project"), "vitest/vitest.mjs", "run", "--root", root);
	// The summary, so that a run without tests does not pass.
	expect(output).toMatch(/Tests +\d+ passed \(\d+\)/);
});
