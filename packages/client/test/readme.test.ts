import { expect, test } from "vitest";
import readme from "../README.md?raw";
import endpoints from "./examples/endpoints.ts?raw";
import errors from "./examples/errors.ts?raw";
import live from "./examples/live.ts?raw";
import liveQueries from "./examples/live-queries.ts?raw";
import start from "./examples/start.ts?raw";
import tokens from "./examples/tokens.ts?raw";
import typed from "./examples/typed.ts?raw";

const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

test.each(blocks)("the README's code is compiled: %#", (code) => {
	// As it stands where the contract is a package.
	const examples = [endpoints, errors, live, liveQueries, start, tokens, typed].map((example) =>
		example.replace(/"\.\.\/(collections|shop-endpoints)\.js"/, '"./$1.js"'),
	);
	expect(examples.some((example) => example.includes(code))).toBe(true);
});
