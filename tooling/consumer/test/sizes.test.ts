import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { bundle, worker } from "./support/bundle.js";
import { root } from "./support/run.js";

const readme = await readFile(join(root, "README.md"), "utf8");

/** The smallest use of each package, as the table of the README describes it. */
const uses: Record<string, string> = {
	userdo: `import { createUserDOWorker, UserDO } from "userdo";
export class MyAppDO extends UserDO {}
export default createUserDOWorker("MY_APP_DO");`,
	"@userdo/core": `import { UserDO } from "@userdo/core";
export class MyAppDO extends UserDO {}`,
	"@userdo/tables": `import { createDatabase } from "@userdo/tables";
import * as z from "zod";
export const open = (storage) => createDatabase(storage).table("notes", z.object({ text: z.string() }));`,
	"@userdo/worker": `import { createUserDOWorker } from "@userdo/worker";
export default createUserDOWorker("MY_APP_DO");`,
	"@userdo/client": `import { UserDOClient } from "@userdo/client";
export const client = new UserDOClient("/api");`,
	"@userdo/client/live": `import { live } from "@userdo/client/live";
export const tasks = (client) => live(client.collection("tasks"));`,
	"@userdo/effect": `import { makeUserObject } from "@userdo/effect";
export { makeUserObject };`,
	"@userdo/contracts": `import { endpoints } from "@userdo/contracts";
export const { body } = endpoints["POST /api/signup"];`,
	"@userdo/contracts/errors": `import { isUserDOError } from "@userdo/contracts/errors";
export const isMine = (error) => isUserDOError(error, "conflict");`,
};

const stated = new Map(
	[...readme.matchAll(/^\| \[`([\w@/]+)`\]\S+ \|.*\| ([\d.]+) KB \|$/gm)].map(
		([, name = "", size]) => [name, Number(size)],
	),
);

it("are all measured that the README names", () => {
	expect([...stated.keys()].sort()).toEqual(Object.keys(uses).sort());
});

it.each(Object.entries(uses))("is about as large as the README says: %s", async (name, code) => {
	const bundled = await bundle(code, worker);
	const size = gzipSync(bundled.code, { level: 9 }).byteLength / 1000;
	process.stdout.write(`the smallest use of ${name}: ${size.toFixed(1)} KB\n`);
	const expected = stated.get(name) ?? 0;
	expect(size).toBeGreaterThan(expected * 0.8);
	expect(size).toBeLessThan(expected * 1.2);
});
