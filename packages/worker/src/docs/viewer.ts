/** A page that shows a document of OpenAPI, with all that it loads: see `@userdo/worker/docs-viewer`. */
export interface DocsViewer {
	/** Another one for every change of the assets, which browsers keep for good. */
	readonly version: string;
	readonly script: string;
	readonly style: string;
	/** A script that starts the first one, for the document at `data-document` of `#docs`. */
	readonly start: string;
}
