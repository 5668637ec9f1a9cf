import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const wrangler = join(
	dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
	"bin/wrangler.js",
);

/** What `wrangler deploy` would upload: the Worker and the class of the objects in one script. */
let script: string;
/** The files of the packages of which something is in it. */
let files: string[];
let outdir: string;

beforeAll(async () => {
	outdir = await mkdtemp(join(tmpdir(), "composed-"));
	const args = ["deploy", "--dry-run", "--outdir", outdir, "--metafile", join(outdir, "meta.json")];
	await promisify(execFile)(process.execPath, [wrangler, ...args], {
		cwd: folder,
		env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
	});
	script = await readFile(join(outdir, "index.js"), "utf8");
	const { outputs }: Metafile = JSON.parse(await readFile(join(outdir, "meta.json"), "utf8"));
	const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
	files = inputs
		.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
		.map(([file]) => /packages\/(.*)$/.exec(file)?.[1] ?? "")
		.filter(Boolean);
});

afterAll(() => rm(outdir, { recursive: true, force: true }));

test("the bundle holds the parts that the app is made of", () => {
	expect(files).toEqual(
		expect.arrayContaining([
			"worker/src/routes/auth.ts",
			"worker/src/routes/endpoints.ts",
			"worker/src/websocket.ts",
			"contracts/src/endpoints/auth.ts",
			"contracts/src/endpoints/me.ts",
		]),
	);
	expect(script).toContain("POST /api/login");
});

describe("the bundle holds nothing of a part that the app leaves out:", () => {
	// The class of the objects has tables and keys of its own in any case; this is the Worker's side.
	test.each([
		"worker/src/create-worker.ts",
		"worker/src/docs-viewer.ts",
		"worker/src/generated/",
		"worker/src/routes/account.ts",
		"worker/src/routes/batch.ts",
		"worker/src/routes/collection-handlers.ts",
		"worker/src/routes/collections.ts",
		"worker/src/routes/data.ts",
		"worker/src/routes/forms.ts",
		"worker/src/routes/sessions.ts",
		"worker/src/email/cloudflare.ts",
		"worker/src/email/resend.ts",
		"worker/src/middleware/rate-limit.ts",
		"contracts/src/endpoints.ts",
		"contracts/src/endpoints/account.ts",
		"contracts/src/endpoints/batch.ts",
		"contracts/src/endpoints/data.ts",
		"contracts/src/endpoints/sessions.ts",
		"client/",
		"userdo/",
	])("%s", (file) => {
		expect(files.filter((name) => name.startsWith(file))).toEqual([]);
	});

	test.each([
		"GET /data",
		"POST /api/batch",
		"/api/:collection",
		"GET /api/sessions",
		"POST /api/password/change",
		"GET /api/export",
		"api.resend.com",
		"SwaggerUIBundle",
	])("%s", (text) => {
		expect(script).not.toContain(text);
	});
});
