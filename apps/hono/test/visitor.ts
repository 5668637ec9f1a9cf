import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { Note } from "../src/collections.js";

export const origin = "https://notebook.example";
export const password = "correct horse battery";

/** Somebody with a browser: keeps cookies, and sends the headers that a page has. */
export class Visitor {
	// Of its own, or all visitors would be limited as one.
	readonly #address = `10.${crypto.getRandomValues(new Uint8Array(3)).join(".")}`;
	readonly cookies = new Map<string, string>();

	/** As a page's fetch: with a body that is JSON. */
	send(method: string, path: string, body?: unknown): Promise<Response> {
		return this.request(path, {
			method,
			...(body !== undefined && {
				headers: { "content-type": "application/json" },
				body: typeof body === "string" ? body : JSON.stringify(body),
			}),
		});
	}

	async request(path: string, init: RequestInit = {}): Promise<Response> {
		const headers = new Headers(init.headers);
		if (!headers.has("origin")) headers.set("origin", origin);
		headers.set("cf-connecting-ip", this.#address);
		headers.set("cookie", [...this.cookies].map((pair) => pair.join("=")).join("; "));
		const response = await exports.default.fetch(new URL(path, origin), {
			redirect: "manual",
			...init,
			headers,
		});
		for (const cookie of response.headers.getSetCookie()) {
			const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
			if (value === "") this.cookies.delete(name);
			else this.cookies.set(name, value);
		}
		const text = await response.clone().text();
		expect(text, `L1: secrets in the answer of ${path}`).not.toMatch(/\$userdo-|correct horse/);
		return response;
	}

	async notes(): Promise<Note[]> {
		const response = await this.send("GET", "/api/posts?orderBy=createdAt:desc");
		return (await read<{ items: Note[] }>(response)).items;
	}

	async write(title: string, content = ""): Promise<Note> {
		return read(await this.send("POST", "/api/posts", { title, content }));
	}
}

/** Somebody who has just signed up. */
export async function signUp(email = newEmail()): Promise<Visitor> {
	const visitor = new Visitor();
	await read(await visitor.send("POST", "/api/signup", { email, password }));
	return visitor;
}

export const newEmail = () => `${crypto.randomUUID()}@example.com`;

async function read<Body>(response: Response): Promise<Body> {
	if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
	return response.json();
}
