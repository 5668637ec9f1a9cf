import { ratio } from "./print.ts";
import type { HttpResult } from "./run-http.ts";

const left = 316;
const scale = 260;
const height = 14;
const most = 1.5;

const style = `
	text { font: 12px system-ui, sans-serif; fill: #24292f; paint-order: stroke; stroke: #fff; stroke-width: 4px }
	.floor { fill: #8c959f } .ours { fill: #0969da } .peer { fill: #bf8700 }
	line { stroke: #8c959f; stroke-dasharray: 3 3 }
	@media (prefers-color-scheme: dark) { text { fill: #e6edf3; stroke: #0d1117 } }`;

const toXml = (text: string) =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Throughput next to the floor's, a bar for each contestant of each case. */
export function chart(requests: readonly HttpResult[]): string {
	let y = 30;
	const parts: string[] = [];
	for (const { title, figures } of requests) {
		parts.push(`<text x="0" y="${y + 11}">${toXml(title)}</text>`);
		for (const [who, { ratio: of }] of Object.entries(figures)) {
			if (who === "floor") continue;
			const width = Math.min(of.throughput, most) * scale;
			const kind = who === "ours" ? "ours" : "peer";
			parts.push(
				`<rect class="${kind}" x="${left}" y="${y}" width="${width.toFixed(1)}" height="${height - 2}"/>`,
				`<text x="${(left + width + 6).toFixed(1)}" y="${y + 11}">${toXml(who)} ${ratio(of.throughput)}</text>`,
			);
			y += height;
		}
		y += 8;
	}
	const floor = left + scale;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${y}" role="img" aria-label="Throughput next to the same work by hand">
<style>${style}</style>
<text x="${floor}" y="14" text-anchor="middle">by hand</text>
<line x1="${floor}" x2="${floor}" y1="20" y2="${y}"/>
${parts.join("\n")}
</svg>
`;
}
