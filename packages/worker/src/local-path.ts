/** Longer ones are nobody's page. */
const maxLength = 2048;

/** Slashes, backslashes and control characters that whoever decodes the path once more would see. */
const encoded = /%(2f|5c|[01][0-9a-f]|7f)/i;

/**
 * A path of this very app, as it can stand in `Location`; undefined for whatever could lead a browser
 * elsewhere: `//host`, `/\host`, and `/.//host`, which is `//host` once its dots are resolved.
 */
export function toLocalPath(text: unknown): string | undefined {
	if (typeof text !== "string" || text.length > maxLength) return undefined;
	if (!/^\/[^\\\s\p{C}]*$/u.test(text)) return undefined;
	const base = "https://local.invalid";
	const url = URL.parse(text, base);
	if (url?.origin !== base) return undefined;
	const { pathname, search, hash } = url;
	const path = /^[^?#]*/.exec(text)?.[0] ?? "";
	if (`${path} ${pathname}`.includes("//") || encoded.test(pathname)) return undefined;
	return `${pathname}${search}${hash}`;
}
