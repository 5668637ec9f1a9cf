import { expect, inject, it } from "vitest";
import { runTool } from "./support/run.js";

it("does in workerd what the documentation's examples say", async () => {
	const output = await runTool(inject("project"), "vitest/vitest.mjs", "run");
	// The summary, so that a run without tests does not pass.
	expect(output).toMatch(/Tests +\d+ passed \(\d+\)/);
});
