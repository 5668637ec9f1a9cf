import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Bytes of gzip that each entry may have. Every one of them is loaded by every visitor of every app. */
const ceilings: Record<string, number> = {
	".": 5_000,
	"./endpoints": 1_500,
	"./live": 4_000,
	"./tokens": 900,
};

/** What only the server's side has: naming it says which import grew, as a number would not. */
const forbidden = ["zod", "hono", "jose", "drizzle", "cloudflare:"];

const folder = new URL("..", import.meta.url);

/** An entry as a page loads it: everything in one minified script. */
export async function measure(file: string): Promise<{ bytes: number; found: string[] }> {
	const { outputFiles } = await build({
		absWorkingDir: fileURLToPath(folder),
		entryPoints: [file],
		bundle: true,
		minify: true,
		format: "esm",
		platform: "browser",
		target: "es2022",
		external: ["cloudflare:*"],
		write: false,
	});
	const script = outputFiles[0]?.text ?? "";
	return {
		bytes: gzipSync(script, { level: 9 }).byteLength,
		found: forbidden.filter((name) => script.toLowerCase().includes(name)),
	};
}

/** What is wrong with an entry of that size, if anything is. */
export function judge(
	{ bytes, found }: Awaited<ReturnType<typeof measure>>,
	ceiling: number | undefined,
): string[] {
	const size = ceiling === undefined ? ["no ceiling is named for it"] : [];
	if (bytes > (ceiling ?? bytes)) size.push(`${bytes - (ceiling ?? bytes)} B too many`);
	return [...size, ...found.map((name) => `holds "${name}"`)];
}

async function main(): Promise<void> {
	const { name, exports } = JSON.parse(await readFile(new URL("package.json", folder), "utf8")) as {
		name: string;
		exports: Record<string, string>;
	};
	for (const [entry, file] of Object.entries(exports)) {
		const measured = await measure(file);
		const faults = judge(measured, ceilings[entry]);
		const size = `${measured.bytes} of ${ceilings[entry] ?? "?"} B`.padStart(16);
		const line = `${(name + entry.slice(1)).padEnd(24)}${size}  ${faults.join(", ")}`;
		process.stdout.write(`${line.trimEnd()}\n`);
		if (faults.length > 0) process.exitCode = 1;
	}
}

if (import.meta.main) await main();
