/**
 * The token of a mailed link (`#token=...`), taken out of the address: it must not stay in the
 * history, nor be in what people copy from the address bar.
 */
function takeToken(): string | undefined {
	const token = new URLSearchParams(location.hash.slice(1)).get("token");
	history.replaceState(null, "", location.pathname);
	return token || undefined;
}

/** Calls back with the token of the link, and again when another link is opened in this window. */
export function onToken(take: (token: string | undefined) => void): void {
	// To another fragment of the same page the browser goes without loading it again.
	addEventListener("hashchange", () => {
		if (location.hash !== "") take(takeToken());
	});
	take(takeToken());
}
