import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { PostJson } from "../src/post.js";

const origin = "https://notebook.example";

/** Somebody with a browser: keeps cookies, and sends the headers that a page's fetch has. */
export class Visitor {
	// Of its own, or all visitors would be limited as one.
	readonly #address = `10.${crypto.getRandomValues(new Uint8Array(3)).join(".")}`;
	readonly #cookies = new Map<string, string>();

	async send(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await exports.default.fetch(new URL(path, origin), {
			method,
			headers: {
				origin,
				"cf-connecting-ip": this.#address,
				cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
				...(body !== undefined && { "content-type": "application/json" }),
			},
			...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
		});
		for (const cookie of response.headers.getSetCookie()) {
			const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
			this.#cookies.set(name, value);
		}
		const text = await response.clone().text();
		expect(text, `L1: secrets in the answer of ${path}`).not.toMatch(
			/\$userdo-|eyJ[\w-]{8,}\.|correct horse/,
		);
		return response;
	}

	async posts(): Promise<PostJson[]> {
		return (await read<{ posts: PostJson[] }>(await this.send("GET", "/api/posts"))).posts;
	}

	async write(title: string, content = ""): Promise<PostJson> {
		const response = await this.send("POST", "/api/posts", { title, content });
		return (await read<{ post: PostJson }>(response)).post;
	}
}

/** Somebody who has just signed up. */
export async function signUp(): Promise<Visitor> {
	const visitor = new Visitor();
	const email = `${crypto.randomUUID()}@example.com`;
	await read(await visitor.send("POST", "/api/signup", { email, password: "correct horse" }));
	return visitor;
}

async function read<Body>(response: Response): Promise<Body> {
	if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
	return response.json();
}
