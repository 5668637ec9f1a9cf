import { expect, test } from "vitest";
import readme from "../README.md?raw";
import changes from "./examples/changes.ts?raw";
import tags from "./examples/tags.ts?raw";
import worker from "./examples/worker.ts?raw";

const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

test.each(blocks)("the README's code is compiled: %#", (code) => {
	const examples = [changes, tags, worker];
	expect(examples.some((example) => example.includes(code))).toBe(true);
});
