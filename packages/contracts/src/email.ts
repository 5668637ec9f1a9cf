/**
 * The one spelling of an email address under which its account is found: Unicode NFKC, lower
 * case, trimmed, the domain in its ASCII form (UTS #46). Dots and plus tags stay: they are another
 * address at many providers. Text that is no address comes back with the same done to it as far as it goes.
 */
export function normalizeEmail(email: string): string {
	// Again after the lower case: "J" with a caron has a composed form only as a small letter. And
	// trimmed last, since NFKC turns some characters into a space and a mark.
	const normalized = email.normalize("NFKC").toLowerCase().normalize("NFKC").trim();
	const at = normalized.lastIndexOf("@");
	if (at < 0) return normalized;
	return `${normalized.slice(0, at)}@${asciiDomain(normalized.slice(at + 1))}`;
}

function asciiDomain(domain: string): string {
	// A plain name needs no parser, and the parser must not read ports or paths into a domain.
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is meant
	if (/^[\x00-\x7f]*$/.test(domain) || /[\s/\\?#@:]/.test(domain)) return domain;
	return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain;
}
