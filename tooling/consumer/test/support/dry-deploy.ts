import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { runOwnTool } from "./run.js";

/** What `wrangler deploy` would upload, and the files of packages that are in it. */
export async function dryDeploy(
	project: string,
	config = "wrangler.jsonc",
): Promise<{ code: string; inputs: string[] }> {
	const outdir = await mkdtemp(join(project, "dist-"));
	const metafile = join(outdir, "meta.json");
	const args = ["deploy", "--dry-run", "--config", config, "--outdir", outdir];
	await runOwnTool(project, "wrangler/bin/wrangler.js", ...args, `--metafile=${metafile}`);
	const { inputs, outputs }: Metafile = JSON.parse(await readFile(metafile, "utf8"));
	const output = Object.keys(outputs).find((path) => path.endsWith("js"));
	if (output === undefined) throw new Error(`There is no script in ${outdir}`);
	return {
		code: await readFile(join(outdir, output.replace(/^.*\//, "")), "utf8"),
		inputs: Object.keys(inputs).map((path) => path.replace(/^.*?node_modules/, "node_modules")),
	};
}
