import type { Tenant } from "./tenants.js";

/** The page with the tenant's name in it. */
export function brandPage(page: Response, { name }: Tenant): Response {
	// `setInnerContent` writes text: a name can't become markup.
	const write = (text: string) => ({ element: (e: Element) => void e.setInnerContent(text) });
	return new HTMLRewriter()
		.on("title, [data-tenant-name]", write(name))
		.on("[data-tenant-initial]", write([...name][0] ?? ""))
		.transform(page);
}

/** The tenant's colors, as a stylesheet: the page's policy allows no style in the page itself. */
export function themeOf({ color }: Tenant): string {
	return `:root { --brand: ${color}; --on-brand: ${readableOn(color)}; }\n`;
}

/** The icon of the tenant's tab. */
export function iconOf({ color }: Tenant): string {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${color}"/><path d="M9 11h14M9 16h14M9 21h8" stroke="${readableOn(color)}" stroke-width="2.5" stroke-linecap="round"/></svg>`;
}

/** Black or white, whichever has more contrast on that color (WCAG 2.2, relative luminance). */
function readableOn(color: string): string {
	const [red = 0, green = 0, blue = 0] = [1, 3, 5]
		.map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
		.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
	const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 ? "#fff" : "#111";
}
