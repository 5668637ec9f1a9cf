import type { Context } from "hono";

/** A page that shows a document of OpenAPI, with all that it loads: see `@userdo/worker/docs-viewer`. */
export interface DocsViewer {
	/** Another one for every change of the assets, which browsers keep for good. */
	readonly version: string;
	/** Answers with the page, which shows the `openapi.json` beside it. */
	answerPage(c: Context, title: string): Response;
	/** Answers with a file of the page, by its path below that; undefined where it has none such. */
	answerFile(c: Context, path: string): Response | undefined;
}
