import type {
	EndpointName,
	EndpointParams,
	EndpointQuery,
	EndpointRequest,
	EndpointResponse,
} from "@userdo/contracts";
import { fromErrorBody, UserDOError } from "@userdo/contracts/errors";
import { globals } from "./globals.js";

/** What the client asks `fetch` for. */
export interface FetchInit {
	method: string;
	headers: Record<string, string>;
	body?: string;
	credentials?: "include";
}

/** What the client needs of a `Response`. */
export interface FetchResponse {
	readonly ok: boolean;
	readonly status: number;
	text(): Promise<string>;
}

/** What the client needs of `fetch`. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

interface Input<Name extends EndpointName> {
	params?: EndpointParams<Name>;
	body?: EndpointRequest<Name>;
	query?: EndpointQuery<Name>;
}

/** Requests as they are, without any thought of who is signed in. */
export class Requests {
	readonly #base: string;
	readonly #fetch: Fetch | undefined;

	constructor(base: string, fetch?: Fetch) {
		this.#base = base.replace(/\/+$/, "");
		this.#fetch = fetch;
	}

	/** The address of a path of the contract: `/api/...` is below the base, all else beside it. */
	url(path: string): URL {
		try {
			const base = new URL(this.#base, globals.location?.href);
			return path.startsWith("/api/")
				? new URL(base.pathname + path.slice(4), base)
				: new URL(path.slice(1), base);
		} catch (cause) {
			throw new UserDOError("misconfigured", {
				message: `Outside of a page the base URL must be absolute: ${this.#base}`,
				cause,
			});
		}
	}

	endpoint<Name extends EndpointName>(
		name: Name,
		{ params, body, query }: Input<Name> = {},
	): Promise<EndpointResponse<Name>> {
		const { id } = Object(params);
		const [method, path] = name.replace(":id", encodeURIComponent(id)).split(" ") as [
			string,
			string,
		];
		const search = query ? `?${new URLSearchParams(query)}` : "";
		return this.send(method, path + search, body);
	}

	/**
	 * @returns the body, undefined when it is empty
	 * @throws UserDOError with the server's code, or `network_error`
	 */
	async send<Body>(method: string, path: string, body?: unknown): Promise<Body> {
		const init: FetchInit = { method, headers: { accept: "application/json" } };
		// A frontend of another origin needs its cookies too. Workers refuse the option.
		if (globals.location) init.credentials = "include";
		if (body || (method !== "GET" && method !== "DELETE")) {
			// Always JSON, even if empty: no form of another site can send that.
			init.headers["content-type"] = "application/json";
			init.body = JSON.stringify(body ?? {});
		}
		const { href } = this.url(path);
		let response: FetchResponse;
		let text: string;
		try {
			response = await (this.#fetch ?? globalThis.fetch)(href, init);
			text = await response.text();
		} catch (cause) {
			throw new UserDOError("network_error", { cause });
		}
		let parsed: unknown;
		try {
			parsed = text ? JSON.parse(text) : undefined;
		} catch (cause) {
			// A page of a proxy, say. Its status still tells what an error is about.
			if (response.ok) throw new UserDOError("internal_error", { cause });
		}
		if (!response.ok) throw fromErrorBody(parsed, response.status);
		return parsed as Body;
	}
}
