import type { JsonSchema, OpenApiDocument } from "@userdo/contracts/openapi";
import { escapeHtml } from "../email/layout.js";
import { pageCss, toPage } from "../page.js";
import { toText } from "./schema-text.js";

/** No script runs on this page and nothing is loaded; its own style sheet is known by its hash. */
export async function plainPolicy(): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pageCss + css));
	const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
	return `style-src 'sha256-${hash}'; img-src data:`;
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
	const schemas = Object.entries(components.schemas).map(([name, schema]) =>
		renderCard(`schema-${name}`, `<b>${escapeHtml(name)}</b>`, pre(toText(schema))),
	);
	const { title, version, description } = info;
	return toPage({
		title,
		css,
		main: `<h1>${escapeHtml(title)}</h1><div class="soft"><p>Version ${escapeHtml(version)} · <a href="openapi.json">openapi.json</a></p>${prose(description)}</div>
${groups.join("\n")}
${schemas.length > 0 ? `<section><h2>Schemas</h2>${schemas.join("")}</section>` : ""}`,
	});
}

function renderOperation(operation: Operation & { path: string; method: string }): string {
	const { path, method, operationId, summary, description, security } = operation;
	const lock = security.length > 0 ? `<span class="lock soft">session</span>` : "";
	const title = `<code>${escapeHtml(method.toUpperCase())}</code><code>${escapeHtml(path)}</code><span class="soft">${escapeHtml(summary)}</span>${lock}`;
	return renderCard(
		operationId,
		title,
		`${prose(description)}${renderParameters(operation.parameters)}${renderBody("Body", operation.requestBody)}${renderResponses(operation.responses)}`,
	);
}

function renderCard(id: string, title: string, content: string): string {
	return `<details class="card" id="${escapeHtml(id)}"><summary>${title}</summary>${content}</details>`;
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
h2 { margin: 32px 0 12px; font-size: 20px; }
h3 { margin: 16px 0 4px; font-size: 14px; color: var(--soft); }
.card > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px; }
summary code { font-weight: 600; }
summary > code:first-child { min-width: 60px; color: var(--accent); }
.lock { margin-left: auto; padding: 0 8px; border: 1px solid var(--line); border-radius: 99px; font-size: 13px; }
ul { margin: 0; padding: 0; list-style: none; }
li { margin: 6px 0; }
.answers > li { display: grid; grid-template-columns: 48px minmax(0, 1fr); }
.answers > li > * { grid-column: 2; }
.answers > li > b { grid-column: 1; margin-top: 4px; }
.answers > li > b + * { grid-row: 1; }
`;
