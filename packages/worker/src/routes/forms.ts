import type { EndpointName } from "@userdo/contracts";
import { type ErrorCode, errorCodes, fromErrorBody, UserDOError } from "@userdo/contracts/errors";
import type { Context } from "hono";
import type { UserDOEnv } from "../context.js";
import { answerHeaders, onError } from "../errors.js";
import { isForm, readForm } from "../form-body.js";
import { Hono } from "../hono.js";
import { toLocalPath } from "../local-path.js";
import { limits } from "../middleware/limits.js";

const formEndpoints = [
	"POST /api/signup",
	"POST /api/login",
	"POST /api/logout",
	"POST /api/password-reset/request",
	"POST /api/password-reset/confirm",
	"POST /api/password/change",
	"POST /api/email-verification/request",
	"POST /api/email-verification/confirm",
	"DELETE /api/sessions",
	"DELETE /api/sessions/:id",
	"DELETE /api/me",
] as const satisfies readonly EndpointName[];

/** An endpoint that takes forms. */
export type FormEndpoint = (typeof formEndpoints)[number];

/** Where the answer to a form leads: paths of the same app. */
export interface FormPage {
	/** After what was asked for is done; `/`. */
	next?: string;
	/** After a refusal: the page of the form; `/`. */
	back?: string;
}

/** By endpoint, for forms that don't say it themselves in fields `_next` and `_back`. */
export type FormPages = { readonly [Name in FormEndpoint]?: FormPage };

export interface FormRoutesOptions {
	pages?: FormPages;
	/** The largest body, in bytes; 64 KiB. */
	maxBytes?: number;
}

/**
 * Lets HTML forms use the endpoints that people need: a form becomes the request that a script would
 * have sent, so that it meets the same schemas and limits, and the answer becomes a redirect (303).
 * It is what the option `forms` of {@link createUserDOWorker} takes; in an app of your own it needs
 * {@link originGuard} and {@link session} before it and the other routes after it.
 *
 * Fields of its own: `_next` and `_back`, where to go afterwards and after a refusal, and
 * `_method=DELETE`, since a form can only post. Tokens stay in cookies.
 *
 * @throws UserDOError `misconfigured` for a page that is no path of the same app
 * @example
 * const pages = { "POST /api/login": { next: "/notes", back: "/sign-in" } };
 * const app = createUserDOWorker("MY_APP_DO", { forms: formRoutes({ pages }) });
 */
export function formRoutes({
	pages = {},
	maxBytes = 64 * 1024,
}: FormRoutesOptions = {}): Hono<UserDOEnv> {
	checkPages(pages);
	const app = new Hono<UserDOEnv>();
	app.onError(onError);
	for (const name of formEndpoints) {
		const [method = "", path = ""] = name.split(" ");
		const page = { next: "/", back: "/", ...pages[name] };
		app.post(path, async (c, next) => {
			if (!isForm(c.req.raw) || wantsTokens(c)) return next();
			await limits({ maxBytes })(c, async () => {});
			const { _method, _next, _back, ...body } = await readForm(c.req, maxBytes);
			const asked = _method ?? "POST";
			// A plain form for this path is no business of an endpoint of another method.
			if (asked === "POST" && method !== "POST") return passOn(c, next);
			if (asked !== method) throw refuse("_method", "This is no method of it.");
			const target = {
				next: check("_next", _next, page.next),
				back: check("_back", _back, page.back),
			};
			c.req.raw = toJsonRequest(c.req.raw, method, body);
			c.req.bodyCache = {};
			await next();
			const answer = c.res;
			// Else its headers would be added to those of the redirect.
			c.res = undefined;
			c.res = await redirect(answer, target);
			return undefined;
		});
	}
	return app;
}

/**
 * Why a form was refused, as the address of its page tells after the redirect: the code, the fields
 * at fault and when to try again. Anybody can make up such an address, so nothing in it is shown: the
 * texts are those of the code.
 *
 * @returns undefined where nothing was refused
 * @example
 * const error = readFormError(c);
 * return c.html(<SignIn alert={error?.message} />, 200);
 */
export function readFormError(c: Context): UserDOError | undefined {
	const { searchParams } = new URL(c.req.url);
	const code = searchParams.get("error") ?? "";
	if (!Object.hasOwn(errorCodes, code)) return undefined;
	const { message } = errorCodes[code as ErrorCode];
	const issues = searchParams
		.getAll("field")
		.filter(isName)
		.map((path) => ({ path, message }));
	const retryAfter = Number(searchParams.get("retryAfter"));
	return new UserDOError(code as ErrorCode, {
		...(issues.length > 0 && { issues }),
		...(Number.isInteger(retryAfter) && retryAfter > 0 && { retryAfter }),
	});
}

/** Programs, which don't follow redirects to pages: they are told by JSON what they may send. */
function wantsTokens(c: Context): boolean {
	return ["authorization", "x-userdo-tokens"].some((name) => c.req.header(name) !== undefined);
}

function check(field: string, given: string | undefined, otherwise: string): string {
	const path = toLocalPath(given ?? otherwise);
	if (path === undefined) throw refuse(field, "This is no path of this app.");
	return path;
}

/** For the next route, the body is as unread as it was. */
async function passOn(c: Context, next: () => Promise<void>): Promise<void> {
	c.req.raw = new Request(c.req.raw, { body: await c.req.arrayBuffer() });
	c.req.bodyCache = {};
	return next();
}

function toJsonRequest(request: Request, method: string, body: object): Request {
	const headers = new Headers(request.headers);
	headers.delete("content-length");
	headers.set("content-type", "application/json");
	return new Request(request, { method, headers, body: JSON.stringify(body) });
}

async function redirect(answer: Response, { next, back }: Required<FormPage>): Promise<Response> {
	// Only the path is told: the host is the browser's own business.
	const url = new URL(answer.ok ? next : back, "https://local.invalid");
	const { searchParams } = url;
	if (answer.status === 202) searchParams.set("verification", "sent");
	if (!answer.ok) {
		const body: unknown = await answer.json().catch(() => undefined);
		const { code, issues = [], retryAfter } = fromErrorBody(body, answer.status);
		for (const name of ["error", "field", "retryAfter"]) searchParams.delete(name);
		searchParams.set("error", code);
		for (const { path } of issues) if (isName(path)) searchParams.append("field", path);
		if (retryAfter !== undefined) searchParams.set("retryAfter", String(Math.ceil(retryAfter)));
	}
	const location = `${url.pathname}${url.search}${url.hash}`;
	return new Response(null, { status: 303, headers: { ...answerHeaders, location } });
}

/** A field of a schema, and nothing that a person has typed. */
function isName(path: string): boolean {
	return /^[a-z]{1,32}$/i.test(path);
}

function checkPages(pages: FormPages): void {
	for (const [name, page] of Object.entries(pages)) {
		const isKnown = formEndpoints.some((each) => each === name);
		const paths = Object.values(Object(page) as FormPage);
		if (isKnown && paths.every((path) => toLocalPath(path) !== undefined)) continue;
		const path = isKnown ? `pages.${name}` : "pages";
		throw new UserDOError("misconfigured", {
			message: `${path} of formRoutes() takes paths of the same app, by endpoints that take forms.`,
		});
	}
}

function refuse(path: string, message: string): UserDOError {
	return new UserDOError("invalid_input", { issues: [{ path, message }] });
}
