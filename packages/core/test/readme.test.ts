import { expect, it } from "vitest";
import readme from "../README.md?raw";
import channels from "./examples/channels.ts?raw";
import collections from "./examples/collections.ts?raw";
import hooks from "./examples/hooks.ts?raw";
import passwords from "./examples/passwords.ts?raw";
import posts from "./examples/posts.ts?raw";

const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

it.each(blocks)("the README's code is compiled: %#", (code) => {
	expect([channels, collections, hooks, passwords, posts]).toContain(code);
});
