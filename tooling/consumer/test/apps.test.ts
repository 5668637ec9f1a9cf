import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { type App, appEnv, findApps, installApps } from "./support/apps.js";
import { startDevServer } from "./support/dev-server.js";
import { run } from "./support/run.js";

const release = inject("release");
const folder = join(inject("folder"), "apps");
const apps = await findApps(release);

beforeAll(() => installApps(folder, apps, release));

const withScript = (script: string) => apps.filter(({ scripts }) => script in scripts);
const placeOf = (app: App) => ({ cwd: join(folder, "apps", app.name), env: appEnv(app) });

it("finds apps", () => {
	expect(apps.map(({ name }) => name)).toContain("hono");
});

describe.each(["build", "typecheck", "deploy:dry"])(
	"the script %s, outside of the workspace",
	(script) => {
		it.each(withScript(script))("of $name", async (app) => {
			await run(["npm", "run", script], placeOf(app));
		});
	},
);

it.each(withScript("dev"))("shows the front page of $name", async (app) => {
	const { cwd, env } = placeOf(app);
	await using server = await startDevServer(cwd, ["npm", "run", "dev", "--", "--port", "0"], env);
	const response = await fetch(server.url);
	// An API without pages says so, and one for tenants knows none of this name.
	expect(response.status).toBeLessThan(500);
	expect(response.headers.get("content-type")).toMatch(/html|json/);
});
