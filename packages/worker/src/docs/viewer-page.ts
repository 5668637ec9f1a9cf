import type { Context } from "hono";
import { escapeHtml } from "../email/layout.js";
import type { DocsViewer } from "./viewer.js";

const types = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" } as const;

/** The files of a viewer, by their path below that of the page. */
export function filesOf(viewer: DocsViewer): ReadonlyMap<string, { type: string; text: string }> {
	const { version, script, style, start } = viewer;
	return new Map([
		[`${version}/viewer.js`, { type: types.js, text: script }],
		[`${version}/start.js`, { type: types.js, text: start }],
		[`${version}/viewer.css`, { type: types.css, text: style }],
	]);
}

/** One of a viewer's files. Its path changes with its content, so it may be kept for good. */
export function answerFile(c: Context, { type, text }: { type: string; text: string }): Response {
	return c.body(text, 200, {
		"cache-control": "public, max-age=31536000, immutable",
		"content-type": type,
		"cross-origin-resource-policy": "same-origin",
		"x-content-type-options": "nosniff",
	});
}

/** The page of a viewer. Only what has this answer's own nonce runs or styles it. */
export function answerViewer(c: Context, viewer: DocsViewer, title: string): Response {
	const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
	const folder = `docs/${encodeURIComponent(viewer.version)}`;
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
		"default-src 'none'",
		`script-src 'nonce-${nonce}'`,
		`style-src 'nonce-${nonce}'`,
		// Icons of its style sheet, and answers that are pictures.
		"img-src data: blob:",
		"connect-src 'self'",
	];
	return answerPage(c, page, policy.join("; "));
}

/** A page that no other site may frame, and that nobody keeps. */
export function answerPage(c: Context, page: string, policy: string): Response {
	return c.html(page, 200, {
		"cache-control": "no-store",
		"content-security-policy": `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
		"cross-origin-opener-policy": "same-origin",
		"referrer-policy": "same-origin",
		"strict-transport-security": "max-age=31536000",
		"x-content-type-options": "nosniff",
		"x-frame-options": "DENY",
	});
}
