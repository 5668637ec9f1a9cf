import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes the code blocks of a Markdown file that name a file in their first line
 * (`// src/index.ts`) to those files.
 */
export async function extractExamples(markdown: string, folder: string): Promise<void> {
	const text = await readFile(markdown, "utf8");
	const files = [...text.matchAll(/^```\w+\n\/\/ (\S+\.\w+)\n(.*?)^```$/gms)];
	if (files.length === 0) throw new Error(`There are no examples in ${markdown}.`);
	for (const [, path = "", code = ""] of files) {
		const file = join(folder, path);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, code);
	}
}

/** Writes the first code block of a Markdown file that is TypeScript, which needs no name. */
export async function writeFirstExample(markdown: string, file: string): Promise<void> {
	const text = await readFile(markdown, "utf8");
	const code = /^```ts\n(.*?)^```$/ms.exec(text)?.[1];
	if (code === undefined) throw new Error(`There is no example in ${markdown}.`);
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, code);
}
