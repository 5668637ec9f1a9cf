import type { KeptMail } from "./dev-mailbox.js";
import { escapeHtml } from "./layout.js";

/**
 * No script runs on this page, and nothing is loaded. A preview inherits the policy; mails bring
 * their styles along.
 */
export const mailboxPolicy =
	"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The dev mailbox as a page. */
export function renderMailbox(mails: readonly KeptMail[]): string {
	const list = mails.map(renderMail).join("");
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${mails.length > 0 ? `(${mails.length}) ` : ""}Dev mailbox</title>
<link rel="icon" href="data:,">
<style>${css}</style>
</head>
<body>
<main>
<header><h1>Dev mailbox</h1><a class="quiet" href="">Reload</a></header>
<p class="lede">What would have been mailed. The newest fifty stay until the server restarts.</p>
${list === "" ? `<p class="empty">No mail yet.</p>` : `<ol>${list}</ol>`}
</main>
</body>
</html>
`;
}

function renderMail({ from, to, subject, sentAt, text, html, link }: KeptMail, index: number) {
	const open = index === 0 ? " open" : "";
	const preview = html === undefined ? "" : renderPreview(html, subject);
	return `<li><details${open}>
<summary><span class="subject">${escapeHtml(subject)}</span><span class="meta"><span class="to">${escapeHtml(to)}</span><time datetime="${escapeHtml(sentAt)}">${escapeHtml(sentAt.slice(11, 19))} UTC</time></span></summary>
<div class="mail">
<p class="from">From ${escapeHtml(from)}</p>
${link === null ? "" : `<p><a class="button" href="${escapeHtml(link)}">Open the link</a></p>`}
${preview}
<details class="part"${preview === "" ? " open" : ""}><summary>Text</summary><pre>${escapeHtml(text)}</pre></details>
</div>
</details></li>`;
}

/** Without any of the sandbox's allowances: no script, no form, no way to the page around it. */
function renderPreview(html: string, subject: string): string {
	return `<details class="part" open><summary>Preview</summary><iframe sandbox="" loading="lazy" title="${escapeHtml(subject)}" srcdoc="${escapeHtml(html)}"></iframe></details>`;
}

const css = `
:root { color-scheme: light dark; --page: #f3f4f6; --card: #fff; --line: #dfe2e8; --text: #16181d; --soft: #565d6b; --accent: #2646c4; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --page: #131417; --card: #1d1f24; --line: #343841; --text: #f1f2f4; --soft: #a8aebb; --accent: #c8d3ff; --on-accent: #14204d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 760px; margin: 0 auto; padding: 32px 16px 64px; }
header { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; }
h1 { margin: 0; font-size: 24px; line-height: 1.3; }
.lede, .empty { margin: 4px 0 24px; color: var(--soft); }
.empty { padding: 48px 16px; border: 1px dashed var(--line); border-radius: 14px; text-align: center; }
ol { margin: 0; padding: 0; list-style: none; display: grid; gap: 12px; }
li { background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
summary { cursor: pointer; }
li > details > summary { padding: 14px 18px; list-style: none; }
li > details > summary::-webkit-details-marker { display: none; }
.subject { display: block; font-weight: 600; overflow-wrap: anywhere; }
.meta { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; color: var(--soft); font-size: 14px; }
.to { overflow-wrap: anywhere; }
.mail { padding: 14px 18px 18px; border-top: 1px solid var(--line); }
.mail > p { margin: 0 0 14px; }
.from { color: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
.button { display: inline-block; padding: 9px 18px; border-radius: 9px; background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none; }
.quiet { color: var(--soft); }
.part { margin-top: 8px; }
.part > summary { padding: 6px 0; color: var(--soft); font-size: 14px; }
iframe { display: block; width: 100%; height: 600px; border: 1px solid var(--line); border-radius: 9px; background: var(--page); }
pre { margin: 0; padding: 14px; border: 1px solid var(--line); border-radius: 9px; background: var(--page); font: 13px/1.6 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
