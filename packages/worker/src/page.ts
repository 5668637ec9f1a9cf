import type { Context } from "hono";
import { escapeHtml } from "./email/layout.js";
import { answerHeaders } from "./errors.js";

interface Page {
	title: string;
	/** What the style sheet of all pages lacks. */
	css: string;
	main: string;
}

/** A page without any script, in light and dark. */
export function toPage({ title, css, main }: Page): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${pageCss}${css}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
}

/** A page that no other site may frame, and that nobody keeps. */
export function answerPage(c: Context, page: string, policy: string): Response {
	return c.html(page, 200, {
		...answerHeaders,
		"content-security-policy": `default-src 'none'; ${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
		"cross-origin-opener-policy": "same-origin",
		"referrer-policy": "same-origin",
		"x-frame-options": "DENY",
	});
}

export const pageCss = `
:root { color-scheme: light dark; --page: light-dark(#f3f4f6, #131417); --card: light-dark(#fff, #1d1f24); --line: light-dark(#dfe2e8, #343841); --text: light-dark(#16181d, #f1f2f4); --soft: light-dark(#565d6b, #a8aebb); --accent: light-dark(#2646c4, #aebdff); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 860px; margin: 0 auto; padding: 32px 16px 64px; }
h1 { margin: 0; font-size: 28px; line-height: 1.3; }
p { margin: 4px 0; }
a { color: var(--accent); }
.soft { color: var(--soft); }
.card { margin: 8px 0; padding: 0 16px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.card[open] { padding-bottom: 16px; }
summary { cursor: pointer; }
.card > summary { margin: 0 -16px; padding: 10px 16px; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { margin: 4px 0; padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--page); white-space: pre-wrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
