/**
 * The headers of the page: it runs its own scripts, and talks to the API and nobody else.
 *
 * @param apiUrl where the API is, absolute
 * @throws an error that says what to set, where the address is missing or none
 */
export function securityHeaders(apiUrl: string | undefined): Record<string, string> {
	const api = URL.parse(apiUrl ?? "");
	if (api === null || !/^https?:$/.test(api.protocol)) {
		throw new Error(
			`VITE_API_URL takes the whole address of the API, such as https://api.example.com/api, not "${apiUrl ?? ""}"`,
		);
	}
	const sockets = api.origin.replace("http", "ws");
	const policy = [
		"default-src 'none'",
		"base-uri 'none'",
		`connect-src ${api.origin} ${sockets}`,
		"form-action 'none'",
		"frame-ancestors 'none'",
		"img-src 'self'",
		"require-trusted-types-for 'script'",
		"script-src 'self'",
		"style-src 'self'",
		"trusted-types 'none'",
	];
	return {
		"Content-Security-Policy": policy.join("; "),
		"Cross-Origin-Opener-Policy": "same-origin",
		"Permissions-Policy": "camera=(), geolocation=(), microphone=()",
		"Referrer-Policy": "strict-origin-when-cross-origin",
		"X-Content-Type-Options": "nosniff",
	};
}
