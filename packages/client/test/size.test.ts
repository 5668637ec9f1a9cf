import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundle } from "./support/bundle.js";

/** Bytes of gzip. Every one of them is loaded by every visitor of every app. */
const ceiling = 5_000;

test(`all of the client is at most ${ceiling} bytes, and nothing of the server's`, async () => {
	const script = await bundle("src/index.ts", "esm");
	// Naming them says which import grew; a number of bytes would only say that one did.
	for (const forbidden of ["zod", "hono", "jose", "drizzle", "cloudflare:"]) {
		expect(script.toLowerCase()).not.toContain(forbidden);
	}
	expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(ceiling);
});
