/** What one of our mails says; plain text, escaped where it becomes HTML. */
export interface Letter {
	appName: string;
	title: string;
	/** What stands above the button. */
	paragraphs: readonly string[];
	button?: { label: string; link: string };
	/** What stands below it, smaller. */
	notes: readonly string[];
}

/** The letter as plain text. */
export function toText({ title, paragraphs, button, notes, appName }: Letter): string {
	const call = button ? [`${button.label}:\n${button.link}`] : [];
	return [title, ...paragraphs, ...call, ...notes, `-- \n${appName}`].join("\n\n");
}

/**
 * The letter as HTML for mail programs: a table of one column, styles at each element (some programs
 * drop style sheets; only the dark colours and the phone's margins need one), system fonts, and
 * nothing to load from anywhere.
 */
export function toHtml({ appName, title, paragraphs, button, notes }: Letter): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
.around { padding: 20px 12px !important; }
.card { padding: 28px 22px !important; }
}
@media (prefers-color-scheme: dark) {
.page { background-color: #131417 !important; }
.card { background-color: #1d1f24 !important; border-color: #32353d !important; }
.title { color: #f4f5f7 !important; }
.text { color: #d3d6dc !important; }
.note, .link { color: #a3a9b5 !important; }
.rule { border-color: #32353d !important; }
.button { background-color: #dfe6ff !important; }
.button a { color: #14204d !important; border-color: #dfe6ff !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f3f4f6;">
<div style="display:none;max-height:0;overflow:hidden;opacity:0;">${escapeHtml(paragraphs[0] ?? "")}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f3f4f6" class="page" style="${pageStyle}">
<tr><td align="center" class="around" style="padding:40px 16px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:520px;">
<tr><td class="note" style="padding:0 4px 16px;font-family:${fonts};font-size:14px;line-height:20px;font-weight:600;color:#5b6170;overflow-wrap:anywhere;">${escapeHtml(appName)}</td></tr>
<tr><td bgcolor="#ffffff" class="card" style="${cardStyle}">
<h1 class="title" style="margin:0 0 16px;font-size:22px;line-height:30px;font-weight:650;color:#16181d;">${escapeHtml(title)}</h1>
${paragraphs.map(toParagraph).join("\n")}
${button ? toButton(button) : ""}
${notes.map(toNote).join("\n")}
${button ? toAddress(button.link) : ""}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

const fonts = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const pageStyle = `background-color:#f3f4f6;font-family:${fonts};`;
const cardStyle = `padding:36px;background-color:#ffffff;border:1px solid #e2e4e9;border-radius:14px;font-family:${fonts};text-align:left;`;

function toParagraph(text: string): string {
	return `<p class="text" style="margin:0 0 16px;font-size:16px;line-height:25px;color:#343841;overflow-wrap:anywhere;">${escapeHtml(text)}</p>`;
}

/** A cell with a background, since Outlook gives links no padding. */
function toButton({ label, link }: { label: string; link: string }): string {
	return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0;">
<tr><td align="center" bgcolor="#2646c4" class="button" style="border-radius:9px;background-color:#2646c4;">
<a href="${escapeHtml(link)}" style="display:inline-block;padding:12px 22px;border:1px solid #2646c4;border-radius:9px;font-size:16px;line-height:22px;font-weight:600;color:#ffffff;text-decoration:none;">${escapeHtml(label)}</a>
</td></tr>
</table>`;
}

/** Below all else, since it is long. */
function toAddress(link: string): string {
	const href = escapeHtml(link);
	return `<p class="note rule" style="margin:20px 0 0;padding-top:20px;border-top:1px solid #e2e4e9;font-size:12px;line-height:18px;color:#5b6170;">If the button does not work, copy this address into your browser:<br><a href="${href}" class="link" style="color:#5b6170;word-break:break-all;">${href}</a></p>`;
}

function toNote(text: string): string {
	return `<p class="note" style="margin:0 0 8px;font-size:14px;line-height:21px;color:#5b6170;overflow-wrap:anywhere;">${escapeHtml(text)}</p>`;
}

/** Text as HTML, good in an attribute's quotes too. */
export function escapeHtml(text: string): string {
	const entities: Readonly<Record<string, string>> = {
		"&": "&amp;",
		"<": "&lt;",
		">": "&gt;",
		'"': "&quot;",
		"'": "&#39;",
	};
	return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
