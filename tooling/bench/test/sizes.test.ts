import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bundleWorker } from "../harness/bundle.ts";
import { measureSizes } from "../http/sizes.ts";

const minimal = fileURLToPath(new URL("../http/worker/minimal.ts", import.meta.url));

it("carries zod in one language", async () => {
	const code = await bundleWorker(minimal);
	// What names a property of zod's namespace as a value, such as `z.core`, drags in all of them.
	expect(code).toContain("zod/v4/locales/en.js");
	expect(code).not.toContain("zod/v4/locales/he.js");
});

it("carries nothing that an app asks for by an import", async () => {
	const code = await bundleWorker(minimal);
	expect(code).toContain("worker/src/routes/auth.ts");
	for (const file of [
		"worker/src/routes/forms.ts",
		"worker/src/docs/viewer-page.ts",
		"worker/src/email/resend.ts",
		"hono/dist/router/reg-exp-router/",
		"hono/dist/router/smart-router/",
	]) {
		expect(code).not.toContain(file);
	}
});

it("carries no Drizzle that nothing imports", async () => {
	expect(await bundleWorker(minimal)).not.toContain("node_modules/drizzle-orm/");
});

it("builds no schema before one is asked for", async () => {
	const code = await bundleWorker(minimal);
	expect(code).toMatch(/^var get\w*Schema = /m);
	// At the top of a module, which is where a Worker starts.
	expect(code).not.toMatch(
		/^(var|const|let) \w+ = (\/\*.*?\*\/ )?(get\w*Schema\(|(strictO|o)bject\()/m,
	);
});

it("weighs a minimal Worker with zod and without", async () => {
	const [whole, withoutZod] = await measureSizes();
	// Far above the goal: it must not grow further unseen.
	expect(whole?.bytes).toBeLessThan(118_500);
	expect(withoutZod?.bytes).toBeLessThan(90_000);
});
