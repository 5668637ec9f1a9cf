import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { document } from "./examples/own-endpoints.js";
import { lint } from "./openapi.js";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

const blocks = [...read("../README.md").matchAll(/```ts\n([\s\S]*?)```/g)];
const examples = readdirSync(new URL("examples", import.meta.url)).map((name) =>
	read(`examples/${name}`),
);

/** What an example declares is around the README's code, not in it. */
const isIn = (example: string, code: string) =>
	example
		.replace(/^declare .*\n/gm, "")
		.replace(/\n{3,}/g, "\n\n")
		.includes(code);

it.each(blocks.map(([, code = ""]) => code))("the README's code is compiled: %#", (code) => {
	expect(examples.some((example) => isIn(example, code))).toBe(true);
});

it("runs the README's endpoints", async () => {
	expect(document.paths).toHaveProperty(["/api/orders/{id}/pay", "post"]);
	expect(await lint(document)).toEqual([]);
});
