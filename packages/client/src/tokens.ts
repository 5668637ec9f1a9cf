import { bearerSubprotocolPrefix } from "@userdo/contracts/events";
import type { UserDOClientOptions } from "./client-options.js";
import { DeferredSocket } from "./deferred-socket.js";
import { globals } from "./globals.js";
import type { Fetch } from "./request.js";
import type { SocketConstructor } from "./socket.js";

/** Where a client keeps its tokens: both in one text. Whoever can read it is signed in. */
export interface TokenStorage {
	get(): string | null | undefined | Promise<string | null | undefined>;
	/** Null once nobody is signed in any more. */
	set(text: string | null): unknown;
}

interface Tokens {
	token?: string;
	refreshToken?: string;
}

/**
 * Options for a client that keeps its tokens by itself instead of in cookies, as it is needed in Node,
 * in native apps and on a server that renders. Its requests carry `Authorization: Bearer`, its socket
 * a subprotocol; no address ever holds a token.
 *
 * @param options of the client besides
 * @example
 * const client = new UserDOClient("https://app.example.com/api", withTokens(storage));
 */
export function withTokens(
	storage: TokenStorage,
	options: UserDOClientOptions = {},
): UserDOClientOptions {
	const fetch: Fetch = async (address, init) => {
		const { method, body } = init;
		const { pathname } = new URL(address);
		const posts = (names: RegExp) => method === "POST" && names.test(pathname);
		const signsIn = posts(/\/(signup|login|refresh)$/);
		const refreshes = posts(/\/refresh$/);
		// A row that has the id `me` is deleted without a body.
		const deletesAccount = method === "DELETE" && /\/me$/.test(pathname) && body !== undefined;

		const before = await storage.get();
		const { token, refreshToken } = parse(before);
		const headers = { ...init.headers };
		if (signsIn) headers["x-userdo-tokens"] = "body";
		else if (token) headers.authorization = `Bearer ${token}`;
		const response = await (options.fetch ?? globalThis.fetch)(address, {
			...init,
			headers,
			...(refreshes && { body: JSON.stringify({ refreshToken }) }),
			// The cookies of a page have no say in this.
			...(init.credentials && { credentials: "omit" }),
		});
		const { ok, status } = response;
		// The rest is none of this one's business, and may be a stream.
		const text =
			ok && (signsIn || posts(/\/password\/change$/)) ? await response.text() : undefined;

		const given = parse(text);
		if (given.token && given.refreshToken) {
			const { token, refreshToken } = given;
			await storage.set(JSON.stringify({ token, refreshToken }));
		}
		const isOver = ok ? deletesAccount || posts(/\/logout$/) : refreshes && status === 401;
		// Somebody may have signed in meanwhile, perhaps in another tab.
		if (isOver && (await storage.get()) === before) await storage.set(null);
		return text === undefined ? response : { ok, status, text: async () => text };
	};

	const WebSocket = class extends DeferredSocket {
		constructor(url: string, protocols: string[]) {
			super(async () => {
				const { token } = parse(await storage.get());
				const Socket: SocketConstructor = options.WebSocket ?? globals.WebSocket;
				return new Socket(url, token ? [...protocols, bearerSubprotocolPrefix + token] : protocols);
			});
		}
	};

	return { ...options, fetch, WebSocket };
}

/** The tokens of a stored text or an answer; none of what is neither. */
function parse(text: string | null | undefined): Tokens {
	try {
		return Object(JSON.parse(text ?? ""));
	} catch {
		return {};
	}
}
