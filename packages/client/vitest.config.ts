import { fileURLToPath } from "node:url";
import { node, workers } from "@tooling/vitest";
import { configDefaults, defineConfig } from "vitest/config";

const inNode = node();
const inWorkerd = workers({ prebundle: ["@userdo/tables > drizzle-orm", "zod", "fast-check"] });

export default defineConfig({
	test: {
		projects: [
			{
				...inNode,
				test: {
					...inNode.test,
					name: "node",
					exclude: [...configDefaults.exclude, "test/workerd/**"],
				},
			},
			{
				...inWorkerd,
				root: fileURLToPath(new URL("test/workerd", import.meta.url)),
				test: { ...inWorkerd.test, name: "workerd", include: ["*.test.ts"] },
			},
		],
	},
});
