import { type CallOptions, within } from "./call.js";
import type { UserDOClientOptions } from "./client-options.js";
import type {
	AcceptOption,
	AnyEndpoint,
	EndpointAnswer,
	EndpointArguments,
	EndpointBody,
} from "./endpoint-types.js";
import { isUserDOError } from "./error.js";
import { createSend, type FetchResponse, segment } from "./request.js";

export type {
	AcceptOption,
	AnyEndpoint,
	EndpointAnswer,
	EndpointArguments,
	EndpointBody,
	EndpointInput,
} from "./endpoint-types.js";
export { isUserDOError, UserDOError } from "./error.js";

export interface EndpointClientOptions extends Pick<UserDOClientOptions, "fetch" | "timeout"> {
	/**
	 * A `UserDOClient` of the same user. A call that is refused with `unauthorized` has it renew the
	 * session, and is sent again if the same user is signed in then.
	 */
	client?: {
		readonly user: { id: string } | undefined;
		me(options?: CallOptions): Promise<{ id: string } | undefined>;
	};
}

/** Calls endpoints by method and path; see {@link createEndpointClient}. */
export interface EndpointClient<Map extends { [Name in keyof Map]: AnyEndpoint }> {
	/**
	 * Gives the body of the answer: undefined for an empty one, and the `Response` itself, unread, for
	 * what is not JSON. A page of HTML, unless `accept` asks for one, is an `internal_error`.
	 */
	<Name extends keyof Map & string>(
		name: Name,
		...input: EndpointArguments<Map[Name]>
	): Promise<EndpointBody<Map[Name]>>;

	/** The same with the status, for endpoints that have several. */
	answer<Name extends keyof Map & string>(
		name: Name,
		...input: EndpointArguments<Map[Name]>
	): Promise<EndpointAnswer<Map[Name]>>;
}

interface AnyInput extends CallOptions, AcceptOption {
	params?: Record<string, unknown>;
	query?: object;
	body?: unknown;
}

/**
 * Calls the endpoints of a contract, of which it needs the types alone. Whatever fails rejects with a
 * `UserDOError`, as with `UserDOClient`.
 *
 * @param baseUrl what the contract's paths are below: `/v1`, or absolute outside of a page
 * @example
 * const api = createEndpointClient<EndpointTypes<typeof blogEndpoints>>("/v1");
 * const { post } = await api("GET /posts/:id", { params: { id } });
 */
export function createEndpointClient<Map extends { [Name in keyof Map]: AnyEndpoint }>(
	baseUrl: string,
	{ fetch, timeout: usual = 30_000, client }: EndpointClientOptions = {},
): EndpointClient<Map> {
	const base = baseUrl.replace(/\/+$/, "");

	const answer = async (
		name: string,
		{ params = {}, query, body, accept, signal, timeout = usual }: AnyInput = {},
	) => {
		const path = name
			.replace(/\/:(\w+)/g, (_, key) => `/${segment(`${params[key] ?? ""}`)}`)
			.replace(" /", " ");
		let response: FetchResponse | undefined;
		let isRaw = false;
		const send = createSend(base, async (url, init) => {
			if (accept) init.headers.accept = accept;
			response = await (fetch ?? globalThis.fetch)(url, init);
			const { ok, status, headers } = response;
			const type = headers?.get("content-type") ?? "application/json";
			isRaw = ok && !/^application\/json(;|$)/.test(type);
			// Unasked, a page is a proxy's, or the front page of an app. As JSON it is at fault.
			const text = !accept && /^text\/html/i.test(type) ? "<" : "";
			return isRaw ? { ok, status, text: async () => text } : response;
		});
		// Any JSON may be a body, also `false`.
		const json = body === undefined ? body : { toJSON: () => body };
		const found = await within(signal, timeout, async (ended) => {
			const attempt = () => send(path, ended, json, query);
			const before = client?.user?.id;
			try {
				return await attempt();
			} catch (error) {
				if (!client || !isUserDOError(error, "unauthorized")) throw error;
				const user = await client.me({ signal: ended });
				// What was meant for one user must not be done to another.
				if (!user || user.id !== (before ?? user.id)) throw error;
				return attempt();
			}
		});
		return { status: response?.status, body: isRaw ? response : found };
	};

	const call = async (name: string, input?: AnyInput) => (await answer(name, input)).body;
	return Object.assign(call, { answer }) as never;
}
