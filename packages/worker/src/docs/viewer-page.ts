import type { Context } from "hono";
import { escapeHtml } from "../email/layout.js";
import { answerPage } from "../page.js";
import type { DocsViewer } from "./viewer.js";

const types = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" } as const;

/** What a viewer is made of. */
export interface ViewerAssets {
	version: string;
	script: string;
	style: string;
	/** A script that starts the first one, for the document at `data-document` of `#docs`. */
	start: string;
}

export function createViewer({ version, script, style, start }: ViewerAssets): DocsViewer {
	const files = new Map([
		[`${version}/viewer.js`, { type: types.js, text: script }],
		[`${version}/start.js`, { type: types.js, text: start }],
		[`${version}/viewer.css`, { type: types.css, text: style }],
	]);
	return {
		version,
		answerPage: (c, title) => answerViewer(c, version, title),
		answerFile: (c, path) => {
			const file = files.get(path);
			return file && answerFile(c, file);
		},
	};
}

/** One of a viewer's files. Its path changes with its content, so it may be kept for good. */
function answerFile(c: Context, { type, text }: { type: string; text: string }): Response {
	return c.body(text, 200, {
		"cache-control": "public, max-age=31536000, immutable",
		"content-type": type,
		"cross-origin-resource-policy": "same-origin",
		"x-content-type-options": "nosniff",
	});
}

/** The page of a viewer. Only what has this answer's own nonce runs or styles it. */
function answerViewer(c: Context, version: string, title: string): Response {
	const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
	const folder = `docs/${encodeURIComponent(version)}`;
	const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${folder}/viewer.css" nonce="${nonce}">
</head>
<body>
<main id="docs" data-document="openapi.json"><noscript>These pages need a script; <a href="openapi.json">openapi.json</a> is the document that they show.</noscript></main>
<script src="${folder}/viewer.js" nonce="${nonce}" defer></script>
<script src="${folder}/start.js" nonce="${nonce}" defer></script>
</body>
</html>
`;
	const policy = [
		`script-src 'nonce-${nonce}'`,
		`style-src 'nonce-${nonce}'`,
		// Icons of its style sheet, and answers that are pictures.
		"img-src data: blob:",
		"connect-src 'self'",
	];
	return answerPage(c, page, policy.join("; "));
}
