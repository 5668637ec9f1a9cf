import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { loadTokenKeys, type TokenKind } from "@userdo/core/tokens";
import { base64url, decodeJwt } from "jose";
import { expect, onTestFinished } from "vitest";
import { createUserDOWorker, type WorkerOptions } from "../src/index.js";
import { expectContract, serveCollections } from "./contract.js";

export const origin = "https://app.example.com";
export const evil = "https://evil.example";
export const password = "correct horse battery";
export const newEmail = () => `${crypto.randomUUID()}@example.com`;
export const cookies = { access: "__Host-userdo_at", refresh: "__Host-userdo_rt" } as const;

/** An address of its own for each visitor: the limits must not take them for one. */
export const newAddress = () => `10.${crypto.getRandomValues(new Uint8Array(3)).join(".")}`;

/** What `app.fetch` and a Worker's default export have in common. */
export interface App {
	fetch(request: Request, env: object, ctx: ExecutionContext): Response | Promise<Response>;
}

/**
 * Sends a request and waits for what the Worker does after its answer. No answer may hold a secret,
 * unless its client asked for tokens.
 */
export async function send(
	app: App,
	path: string,
	{ bindings = env, ...init }: RequestInit & { bindings?: object } = {},
): Promise<Response> {
	const ctx = createExecutionContext();
	const headers = new Headers(init.headers);
	if (!headers.has("cf-connecting-ip")) headers.set("cf-connecting-ip", newAddress());
	const request = new Request(new URL(path, origin), { ...init, headers });
	const response = await app.fetch(request, bindings, ctx);
	await waitOnExecutionContext(ctx);
	await expectContract(app, request, response);
	const isJson = /^application\/json(;|$)/.test(response.headers.get("content-type") ?? "");
	if (isJson && request.method !== "HEAD" && request.headers.get("x-userdo-tokens") !== "body") {
		await expectNoSecrets(response.clone(), path);
	}
	return response;
}

export const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
	method: "POST",
	headers: { "content-type": "application/json", ...headers },
	body: JSON.stringify(body),
});

export const codeOf = async (response: Response) =>
	((await response.json()) as { code: string }).code;

const secretNames = /^(token|refreshToken|password.*|salt|hash|sid|jti|secret|stack)$/i;

/** L1: no token, no hash and no password in any answer; in a refusal no email address either. */
async function expectNoSecrets(response: Response, path: string): Promise<void> {
	const text = await response.text();
	// The document names fields, and holds nobody's values.
	if (!path.endsWith("/api/openapi.json")) expect(secretsIn(JSON.parse(text)), path).toEqual([]);
	// Its mails are what this one is for.
	if (path.includes("/api/dev/")) return;
	expect(text, path).not.toMatch(/\$userdo-|eyJ[\w-]{8,}\./);
	expect(text, path).not.toContain(password);
	if (response.status >= 400) expect(text, path).not.toMatch(/[\w.+-]@[\w-]+\.[a-z]/i);
}

export function secretsIn(value: unknown): string[] {
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([name, child]) => [
		...(secretNames.test(name) ? [name] : []),
		...secretsIn(child),
	]);
}

/** A browser window: it keeps cookies and names its origin. */
export class Browser {
	readonly jar = new Map<string, string>();
	readonly address = newAddress();
	readonly #app: App;

	constructor(app: App, jar: Iterable<readonly [string, string]> = []) {
		this.#app = app;
		this.jar = new Map(jar);
	}

	get cookie(): string {
		return [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
	}

	async fetch(path: string, init: RequestInit & { bindings?: object } = {}): Promise<Response> {
		const headers = new Headers(init.headers);
		if (this.jar.size > 0) headers.set("cookie", this.cookie);
		if (!headers.has("origin")) headers.set("origin", origin);
		if (!headers.has("cf-connecting-ip")) headers.set("cf-connecting-ip", this.address);
		const response = await send(this.#app, path, { ...init, headers });
		this.#keep(response);
		return response;
	}

	post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
		return this.fetch(path, body === undefined ? { method: "POST", headers } : json(body, headers));
	}

	async json<T = Record<string, unknown>>(path: string): Promise<T> {
		const response = await this.fetch(path);
		expect(response.status).toBe(200);
		return response.json();
	}

	#keep(response: Response): void {
		for (const [name, value] of jarOf(response)) {
			if (value === "") this.jar.delete(name);
			else this.jar.set(name, value);
		}
	}
}

/** The cookies that an answer sets, by name; an empty value deletes one. */
export function jarOf(response: Response): [string, string][] {
	return response.headers.getSetCookie().map((line) => {
		const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
		return [name, value];
	});
}

export interface SignedInBrowser {
	browser: Browser;
	email: string;
	id: string;
	token: string;
	refreshToken: string;
}

/** A browser in which somebody has just signed up. */
export async function signUp(app: App, email = newEmail()): Promise<SignedInBrowser> {
	const browser = new Browser(app);
	const response = await browser.post("/api/signup", { email, password });
	expect(response.status).toBe(200);
	const { user } = (await response.json()) as { user: { id: string } };
	const token = browser.jar.get(cookies.access) ?? "";
	const refreshToken = browser.jar.get(cookies.refresh) ?? "";
	return { browser, email, id: user.id, token, refreshToken };
}

/** A worker with this binding, `MY_APP_DO` unless said otherwise. */
export const createApp = (options: WorkerOptions = {}, binding = "MY_APP_DO") =>
	serveCollections(createUserDOWorker(binding, options), options.collections);

/** The real environment, with namespaces that write down what is asked of them. */
export function spyOnNamespaces() {
	const calls: string[] = [];
	const wrap = <T extends object>(target: T): T =>
		new Proxy(target, {
			get(_, name) {
				const value: unknown = Reflect.get(target, name);
				if (typeof value !== "function") return value;
				return (...args: unknown[]) => {
					calls.push(String(name));
					return value.apply(target, args);
				};
			},
		});
	const { MY_APP_DO, BLOG_DO, SHOP_DO } = env;
	const bindings = {
		...env,
		MY_APP_DO: wrap(MY_APP_DO),
		BLOG_DO: wrap(BLOG_DO),
		SHOP_DO: wrap(SHOP_DO),
	};
	return { calls, bindings };
}

const types = { access: "at+jwt", refresh: "rt+jwt", reset: "pr+jwt", verify: "ev+jwt" } as const;
const encode = (value: unknown) => base64url.encode(JSON.stringify(value));
export const now = () => Math.floor(Date.now() / 1000);

export interface ForgeOptions {
	kind?: TokenKind;
	header?: Record<string, unknown>;
	claims?: Record<string, unknown>;
	secret?: string;
	hash?: string;
	signature?: string;
}

/** A token of our own making: correct but for what the test changes; `undefined` leaves a claim out. */
export async function forge(
	base: string,
	{ kind = "access", header, claims, secret, hash = "SHA-256", signature }: ForgeOptions = {},
): Promise<string> {
	const { signing } = await loadTokenKeys(env);
	const head = encode({ alg: "HS256", typ: types[kind], kid: signing.id, ...header });
	const payload = encode({ ...decodeJwt(base), jti: crypto.randomUUID(), ...claims });
	if (signature !== undefined) return `${head}.${payload}.${signature}`;
	const bytes = new TextEncoder().encode(secret ?? env.JWT_SECRET);
	const algorithm = { name: "HMAC", hash };
	const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
	const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${head}.${payload}`));
	return `${head}.${payload}.${base64url.encode(new Uint8Array(mac))}`;
}

export interface UpgradeOptions {
	cookie?: string;
	bearer?: string;
	origin?: string;
	headers?: Record<string, string>;
	protocols?: string[];
	bindings?: object;
}

/** A request for a socket, as browsers (with origin and cookies) or other clients send it. */
export function upgrade(app: App, path = "/api/ws", options: UpgradeOptions = {}) {
	const { cookie, bearer, bindings = env, protocols = ["userdo.v1"] } = options;
	const offered = bearer === undefined ? protocols : [...protocols, `bearer.${bearer}`];
	return send(app, path, {
		bindings,
		headers: {
			upgrade: "websocket",
			...(offered.length > 0 && { "sec-websocket-protocol": offered.join(", ") }),
			...(cookie !== undefined && { cookie }),
			...(options.origin !== undefined && { origin: options.origin }),
			...options.headers,
		},
	});
}

export interface Listener {
	protocol: string | null;
	received: Record<string, unknown>[];
	closed: Promise<number>;
	/** Waits for the first message of that kind. */
	next(test: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
}

/** Takes the socket of an answer; it is closed when the test ends. */
export function listen(response: Response): Listener {
	expect(response.status).toBe(101);
	const socket = response.webSocket as WebSocket;
	const received: Record<string, unknown>[] = [];
	let wake = () => {};
	socket.addEventListener("message", ({ data }) => {
		received.push(JSON.parse(String(data)));
		wake();
	});
	const closed = new Promise<number>((resolve) => {
		socket.addEventListener("close", ({ code }) => resolve(code));
	});
	socket.accept();
	onTestFinished(() => socket.close());
	return {
		protocol: response.headers.get("sec-websocket-protocol"),
		received,
		closed,
		async next(test) {
			for (;;) {
				const found = received.find(test);
				if (found !== undefined) return found;
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
		},
	};
}
