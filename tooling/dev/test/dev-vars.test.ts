import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const script = fileURLToPath(new URL("../dev-vars.mjs", import.meta.url));
let folder = "";

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "dev-vars-"));
});

afterEach(() => rm(folder, { recursive: true }));

const run = (...names: string[]) =>
	spawnSync(process.execPath, [script, ...names], { cwd: folder, encoding: "utf8" });

const held = () => readFile(join(folder, ".dev.vars"), "utf8");

it("writes each secret once, at random, and readable by its owner alone", async () => {
	expect(run("JWT_SECRET", "ADMIN_SECRET").stdout).toContain("JWT_SECRET and ADMIN_SECRET");
	const text = await held();
	const [, first, second] =
		/^JWT_SECRET=([\w-]{43})\nADMIN_SECRET=([\w-]{43})\n$/m.exec(text) ?? [];
	expect(first).toBeDefined();
	expect(first).not.toBe(second);
	expect((await stat(join(folder, ".dev.vars"))).mode & 0o777).toBe(0o600);

	expect(run("JWT_SECRET", "ADMIN_SECRET").stdout).toBe("");
	expect(await held()).toBe(text);
});

it("adds what a file lacks, and leaves the rest as it is", async () => {
	await writeFile(join(folder, ".dev.vars"), "JWT_SECRET=mine");
	expect(run("JWT_SECRET", "SECRET").status).toBe(0);
	expect(await held()).toMatch(/^JWT_SECRET=mine\nSECRET=[\w-]{43}\n$/);
});

it("says how it is used", () => {
	const { status, stderr } = run();
	expect([status, stderr]).toEqual([1, "Usage: dev-vars NAME...\n"]);
});
