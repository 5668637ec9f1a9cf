import type { Context } from "hono";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Theme } from "../collections.js";

/**
 * Pages hold what is somebody's own, so nobody keeps them. Forms go to this app alone; with
 * `no-referrer` browsers would send them from the origin `null`.
 */
const pageHeaders = {
	"cache-control": "no-store, private",
	"content-security-policy":
		"default-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; img-src 'self'; require-trusted-types-for 'script'; script-src 'self'; style-src 'self'; trusted-types 'none'",
	"cross-origin-opener-policy": "same-origin",
	"permissions-policy": "camera=(), geolocation=(), microphone=()",
	"referrer-policy": "same-origin",
	"strict-transport-security": "max-age=31536000",
	"x-content-type-options": "nosniff",
};

interface PageOptions {
	title: string;
	/** Where nobody is signed in, the device decides. */
	theme?: Theme;
	/** The script that takes the page over, beside that of all pages. */
	script?: "/app.js";
	status?: ContentfulStatusCode;
}

/** Answers with a page. What stands in its elements and attributes is escaped by Hono's JSX. */
export function renderPage(
	c: Context,
	{ title, theme = "system", script, status = 200 }: PageOptions,
	body: unknown,
) {
	const page = (
		<html lang="en" data-theme={theme}>
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="color-scheme" content="light dark" />
				<meta
					name="description"
					content="Notes that appear in every window the moment you write them."
				/>
				<title>{title} – Notebook</title>
				<link rel="icon" href="/favicon.svg" type="image/svg+xml" />
				<link rel="stylesheet" href="/styles.css" />
				<script src="/forms.js" defer></script>
				{script && <script src={script} defer></script>}
			</head>
			<body>{body}</body>
		</html>
	);
	return c.html(html`<!doctype html>${page}`, status, pageHeaders);
}
