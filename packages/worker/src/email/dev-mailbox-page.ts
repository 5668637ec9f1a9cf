import { toPage } from "../page.js";
import type { KeptMail } from "./dev-mailbox.js";
import { escapeHtml } from "./layout.js";

/**
 * No script runs on this page, and nothing is loaded. A preview inherits the policy; mails bring
 * their styles along.
 */
export const mailboxPolicy = "style-src 'unsafe-inline'; img-src data:";

/** The dev mailbox as a page. */
export function renderMailbox(mails: readonly KeptMail[]): string {
	const list = mails.map(renderMail).join("\n");
	return toPage({
		title: `${mails.length > 0 ? `(${mails.length}) ` : ""}Dev mailbox`,
		css,
		main: `<header class="row"><h1>Dev mailbox</h1><a class="soft" href="">Reload</a></header>
<p class="lede soft">What would have been mailed. The newest fifty stay until the server restarts.</p>
${list || `<p class="empty soft">No mail yet.</p>`}`,
	});
}

function renderMail({ from, to, subject, sentAt, text, html, link }: KeptMail, index: number) {
	return `<details class="card"${index === 0 ? " open" : ""}>
<summary><b>${escapeHtml(subject)}</b><span class="row small soft"><span>${escapeHtml(to)}</span><time datetime="${escapeHtml(sentAt)}">${escapeHtml(sentAt.slice(11, 19))} UTC</time></span></summary>
<p class="small soft">From ${escapeHtml(from)}</p>
${link === null ? "" : `<a class="button" href="${escapeHtml(link)}">Open the link</a>`}
${html === undefined ? "" : renderPart("Preview", renderPreview(html, subject))}
${renderPart("Text", `<pre>${escapeHtml(text)}</pre>`, html === undefined)}
</details>`;
}

function renderPart(title: string, part: string, isOpen = true): string {
	return `<details${isOpen ? " open" : ""}><summary class="small soft">${title}</summary>${part}</details>`;
}

/** Without any of the sandbox's allowances: no script, no form, no way to the page around it. */
function renderPreview(html: string, subject: string): string {
	return `<iframe sandbox="" loading="lazy" title="${escapeHtml(subject)}" srcdoc="${escapeHtml(html)}"></iframe>`;
}

const css = `
.row { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 16px; }
.small { font-size: 14px; }
.lede { margin-bottom: 24px; }
.empty { padding: 48px 16px; border: 1px dashed var(--line); border-radius: 10px; text-align: center; }
.card > summary { list-style: none; }
.card > summary::-webkit-details-marker { display: none; }
.card[open] > summary { margin-bottom: 12px; border-bottom: 1px solid var(--line); }
.button { display: inline-block; margin: 8px 0; padding: 9px 18px; border-radius: 8px; background: var(--accent); color: var(--card); font-weight: 600; text-decoration: none; }
details details { margin-top: 8px; }
iframe { display: block; width: 100%; height: 600px; margin-top: 4px; border: 1px solid var(--line); border-radius: 8px; background: var(--page); }
`;
