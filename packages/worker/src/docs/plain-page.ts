import type { JsonSchema, OpenApiDocument } from "@userdo/contracts/openapi";
import { escapeHtml } from "../email/layout.js";
import { toText } from "./schema-text.js";

/** No script runs on this page and nothing is loaded; its own style sheet is known by its hash. */
export async function plainPolicy(): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(css));
	const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
	return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:`;
}

interface Media {
	content?: Record<string, { schema?: JsonSchema }>;
}

/** An operation, as `toOpenApi` writes it. */
interface Operation {
	operationId: string;
	tags?: string[];
	summary: string;
	description?: string;
	security: object[];
	parameters?: {
		name: string;
		in: string;
		required?: boolean;
		description?: string;
		schema: JsonSchema;
	}[];
	requestBody?: Media;
	responses: Record<string, Media & { description: string }>;
}

/** A document of OpenAPI as a page to read. */
export function renderPlain({ info, tags, paths, components }: OpenApiDocument): string {
	const operations = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, found]) => ({ path, method, ...(found as Operation) })),
	);
	const groups = [...tags.map(({ name }) => name), undefined].map((tag) => {
		const own = operations.filter((operation) => operation.tags?.[0] === tag);
		if (own.length === 0) return "";
		return `<section><h2>${escapeHtml(tag ?? "Others")}</h2>${own.map(renderOperation).join("")}</section>`;
	});
	const schemas = Object.entries(components.schemas).map(
		([name, schema]) =>
			`<details class="endpoint" id="schema-${escapeHtml(name)}"><summary><b>${escapeHtml(name)}</b></summary>${pre(toText(schema))}</details>`,
	);
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(info.title)}</title>
<link rel="icon" href="data:,">
<style>${css}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(info.title)}</h1><p>Version ${escapeHtml(info.version)} · <a href="openapi.json">openapi.json</a></p>${prose(info.description)}</header>
${groups.join("\n")}
${schemas.length > 0 ? `<section><h2>Schemas</h2>${schemas.join("")}</section>` : ""}
</main>
</body>
</html>
`;
}

function renderOperation(operation: Operation & { path: string; method: string }): string {
	const { path, method, operationId, summary, description, security } = operation;
	const lock = security.length > 0 ? `<span class="lock">session</span>` : "";
	return `<details class="endpoint" id="${escapeHtml(operationId)}"><summary><span class="method ${escapeHtml(method)}">${escapeHtml(method.toUpperCase())}</span><code class="path">${escapeHtml(path)}</code><span class="summary">${escapeHtml(summary)}</span>${lock}</summary>
${prose(description)}${renderParameters(operation.parameters)}${renderBody("Body", operation.requestBody)}${renderResponses(operation.responses)}</details>`;
}

function renderParameters(parameters: Operation["parameters"]): string {
	if (parameters === undefined) return "";
	const items = parameters.map(
		({ name, in: place, required, description, schema }) =>
			`<li><code>${escapeHtml(name)}</code> <span class="soft">${escapeHtml(place)}${required ? ", required" : ""}: ${escapeHtml(toText(schema))}</span>${prose(description)}</li>`,
	);
	return `<h3>Parameters</h3><ul>${items.join("")}</ul>`;
}

function renderBody(title: string, media: Media | undefined): string {
	const parts = Object.entries(media?.content ?? {}).map(([type, { schema }]) =>
		schema === undefined ? `<p><code>${escapeHtml(type)}</code></p>` : pre(toText(schema)),
	);
	return parts.length === 0 ? "" : `<h3>${title}</h3>${parts.join("")}`;
}

function renderResponses(responses: Operation["responses"]): string {
	const items = Object.entries(responses).map(([status, response]) => {
		// Every refusal has the same form; its codes are what there is to say.
		const body = Number(status) < 400 ? renderBody("", response).replace("<h3></h3>", "") : "";
		return `<li><b>${escapeHtml(status)}</b> ${prose(response.description)}${body}</li>`;
	});
	return `<h3>Answers</h3><ul class="answers">${items.join("")}</ul>`;
}

const pre = (text: string) => `<pre tabindex="0">${escapeHtml(text)}</pre>`;

/** Of Markdown, the paragraphs and the code in them; the rest of it reads well as it is. */
function prose(text: string | undefined): string {
	if (text === undefined) return "";
	const paragraphs = escapeHtml(text).split(/\n{2,}/);
	return paragraphs
		.map((part) => `<p>${part.replace(/`([^`]+)`/g, "<code>$1</code>")}</p>`)
		.join("");
}

const css = `
:root { color-scheme: light dark; --page: #f3f4f6; --card: #fff; --line: #dfe2e8; --text: #16181d; --soft: #565d6b; --accent: #2646c4; }
@media (prefers-color-scheme: dark) { :root { --page: #131417; --card: #1d1f24; --line: #343841; --text: #f1f2f4; --soft: #a8aebb; --accent: #aebdff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 860px; margin: 0 auto; padding: 32px 16px 64px; }
h1 { margin: 0; font-size: 28px; line-height: 1.3; }
h2 { margin: 32px 0 12px; font-size: 20px; }
h3 { margin: 16px 0 4px; font-size: 14px; color: var(--soft); }
p { margin: 4px 0; }
a { color: var(--accent); }
header p, .soft, .summary, .lock { color: var(--soft); }
.endpoint { margin: 8px 0; padding: 0 16px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.endpoint[open] { padding-bottom: 16px; }
summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px; margin: 0 -16px; padding: 10px 16px; cursor: pointer; }
.method { min-width: 60px; font: 600 13px/1.5 ui-monospace, monospace; color: var(--accent); }
.path { font-weight: 600; }
.lock { margin-left: auto; padding: 0 8px; border: 1px solid var(--line); border-radius: 99px; font-size: 13px; }
ul { margin: 0; padding: 0; list-style: none; }
li { margin: 6px 0; }
.answers > li { display: grid; grid-template-columns: 48px minmax(0, 1fr); }
.answers > li > * { grid-column: 2; }
.answers > li > b { grid-column: 1; margin-top: 4px; }
.answers > li > b + * { grid-row: 1; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { margin: 4px 0; padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--page); white-space: pre-wrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
