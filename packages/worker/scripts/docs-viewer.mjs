// Writes src/generated/swagger-ui.ts and THIRD-PARTY-LICENSES from swagger-ui-dist. It runs after each
// install of the workspace (`prepare`), so that tests and `wrangler dev` find the viewer without a build.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const read = (name) => readFileSync(require.resolve(`swagger-ui-dist/${name}`), "utf8");
const { version } = require("swagger-ui-dist/package.json");

// Its map is not served.
const withoutMap = (text) => text.replace(/\n?(\/\/|\/\*)# sourceMappingURL=\S*( \*\/)?\s*$/, "\n");
const script = withoutMap(read("swagger-ui-bundle.js"));
const style = `${withoutMap(read("swagger-ui.css"))}
/* Added by @userdo/worker: on a phone its buttons and tables were wider than the page. */
@media (max-width: 640px) {
	.swagger-ui .opblock .opblock-section-header { flex-wrap: wrap; gap: 8px; }
	.swagger-ui .wrapper { padding: 0 8px; }
	.swagger-ui .opblock-body, .swagger-ui .responses-inner { overflow-x: auto; }
}
`;
const start = `
const docs = document.getElementById("docs");
SwaggerUIBundle({
	domNode: docs,
	url: docs.dataset.document,
	deepLinking: true,
	docExpansion: "list",
	defaultModelsExpandDepth: 0,
	displayRequestDuration: true,
	validatorUrl: null,
});
`;
const all = createHash("sha256").update(script).update(style).update(start);
const hash = all.digest("hex").slice(0, 12);

const constant = (name, value) => `export const ${name}: string = ${JSON.stringify(value)};\n`;

mkdirSync(new URL("../src/generated/", import.meta.url), { recursive: true });
writeFileSync(
	new URL("../src/generated/swagger-ui.ts", import.meta.url),
	`/*! Swagger UI ${version}: from swagger-ui-dist, Apache-2.0, see THIRD-PARTY-LICENSES of @userdo/worker */
// Written by scripts/docs-viewer.mjs.
${constant("version", `${version}-${hash}`)}${constant("script", script)}${constant("style", style)}${constant("start", start)}`,
);

writeFileSync(
	new URL("../THIRD-PARTY-LICENSES", import.meta.url),
	`The viewer of the documentation (dist/docs-viewer.js) holds swagger-ui-dist ${version}, without
the comments that name source maps, and with some rules at the end of its style sheet.

${read("NOTICE").trim()}

${read("LICENSE").trim()}

What swagger-ui-dist holds of others:

${read("swagger-ui-bundle.js.LICENSE.txt").trim()}
`,
);
