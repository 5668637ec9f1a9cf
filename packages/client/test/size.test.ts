import { expect, test } from "vitest";
import { judge, measure } from "../scripts/size.js";

test("an entry is measured with all that it drags along", async () => {
	const [client, errors] = [await measure("src/index.ts"), await measure("src/error.ts")];
	expect(client.bytes).toBeGreaterThan(errors.bytes);
	expect(errors.bytes).toBeGreaterThan(0);
	expect(client.found).toEqual([]);
});

test("what is of the server is found by name", async () => {
	const { found } = await measure("../contracts/src/endpoints.ts");
	expect(found).toEqual(["zod"]);
});

test("an entry may be as large as its ceiling, which it must have", () => {
	expect(judge({ bytes: 5_000, found: [] }, 5_000)).toEqual([]);
	expect(judge({ bytes: 5_001, found: [] }, 5_000)).toEqual(["1 B too many"]);
	expect(judge({ bytes: 1, found: ["zod", "jose"] }, 2)).toEqual(['holds "zod"', 'holds "jose"']);
	expect(judge({ bytes: 1, found: [] }, undefined)).toEqual(["no ceiling is named for it"]);
});
