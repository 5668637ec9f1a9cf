import { toError, UserDOError } from "./error.js";
import { globals } from "./globals.js";

/** What the client asks `fetch` for. */
export interface FetchInit {
	method: string;
	headers: Record<string, string>;
	body?: string;
	credentials?: "include" | "omit";
	signal: AbortSignal;
}

/** What the client needs of a `Response`. */
export interface FetchResponse {
	readonly ok: boolean;
	readonly status: number;
	readonly headers?: { get(name: string): string | null };
	text(): Promise<string>;
}

/** What the client needs of `fetch`. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** JSON in which bigints are texts, as dates are by themselves. */
export const toJson = (value: unknown): string =>
	JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));

/** One segment of a path. Dots are refused: a URL parser would walk up with them, encoded or not. */
export function segment(text: string): string {
	if (/^\.{0,2}$/.test(text)) throw new UserDOError("invalid_input", { status: 400 });
	return encodeURIComponent(text);
}

/** Where a path below the base is. */
export const resolve = (base: string, path: string) =>
	new URL(`${base}/${path}`, globals.location?.href);

/**
 * Sends a request as it is, without any thought of who is signed in.
 *
 * @param name method and path below the base: `POST login`
 * @param query what is undefined or null in it is left out
 * @returns the body, undefined when it is empty
 * @throws UserDOError with the server's code, or `network_error`
 */
export type Send = <Body>(
	name: string,
	signal: AbortSignal,
	body?: object,
	query?: object,
) => Promise<Body>;

export const createSend =
	(base: string, fetch?: Fetch): Send =>
	async <Body>(name: string, signal: AbortSignal, body?: object, query: object = {}) => {
		const [method, path] = name.split(" ") as [string, string];
		const init: FetchInit = { method, headers: { accept: "application/json" }, signal };
		// A frontend of another origin needs its cookies too. Workers refuse the option.
		if (globals.location) init.credentials = "include";
		if (body) {
			// Always JSON, even if empty: no form of another site can send that.
			init.headers["content-type"] = "application/json";
			init.body = toJson(body);
		}
		const url = resolve(base, path);
		for (const [key, value] of Object.entries(query)) {
			if (value !== undefined && value !== null) url.searchParams.set(key, value);
		}
		let response: FetchResponse;
		let text: string;
		try {
			response = await (fetch ?? globalThis.fetch)(url.href, init);
			text = await response.text();
		} catch (cause) {
			throw new UserDOError("network_error", { cause });
		}
		let answer: unknown;
		try {
			answer = text ? JSON.parse(text) : undefined;
		} catch (cause) {
			// A page of a proxy, say. Its status still tells what an error is about.
			if (response.ok) throw new UserDOError("internal_error", { status: response.status, cause });
		}
		if (!response.ok) throw toError(answer, response.status);
		return answer as Body;
	};
