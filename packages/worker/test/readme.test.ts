import { expect, test } from "vitest";
import readme from "../README.md?raw";
import collections from "./examples/collections.ts?raw";
import docs from "./examples/docs.ts?raw";
import email from "./examples/email.ts?raw";
import endpoints from "./examples/endpoints.ts?raw";
import forms from "./examples/forms.ts?raw";
import limits from "./examples/limits.ts?raw";
import objects from "./examples/objects.ts?raw";
import ownEmail from "./examples/own-email.ts?raw";
import parts from "./examples/parts.ts?raw";
import server from "./examples/server.ts?raw";
import tenants from "./examples/tenants.ts?raw";
import verifyPage from "./examples/verify-page.ts?raw";
import worker from "./examples/worker.ts?raw";

const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

test.each(blocks)("the README's code is compiled: %#", (code) => {
	const examples = [
		...[collections, docs, email, endpoints, forms, limits, objects, ownEmail],
		...[parts, server, tenants, verifyPage, worker],
	];
	expect(examples.some((example) => example.includes(code))).toBe(true);
});
