import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import { bindings } from "./settings.js";

export const password = "correct horse battery";
export const newEmail = () => `${crypto.randomUUID()}@example.com`;
export const hostOf = (tenant: string) => `https://${tenant}.example.com`;

/** Somebody with a browser at a tenant's host: keeps cookies, and sends what a page's fetch does. */
export class Visitor {
	// Of its own, or all visitors would be limited as one.
	readonly #address = `10.${crypto.getRandomValues(new Uint8Array(3)).join(".")}`;
	readonly cookies: Map<string, string>;
	readonly #origin: string;

	constructor(tenant: string, cookies: Iterable<readonly [string, string]> = []) {
		this.#origin = hostOf(tenant);
		this.cookies = new Map(cookies);
	}

	get cookie(): string {
		return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
	}

	async send(
		method: string,
		path: string,
		{ body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
	): Promise<Response> {
		const response = await exports.default.fetch(this.#origin + path, {
			method,
			headers: {
				origin: this.#origin,
				"cf-connecting-ip": this.#address,
				...(this.cookies.size > 0 && { cookie: this.cookie }),
				...(body !== undefined && { "content-type": "application/json" }),
				...headers,
			},
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		for (const cookie of response.headers.getSetCookie()) {
			const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
			this.cookies.set(name, value);
		}
		return response;
	}

	async notes(): Promise<string[]> {
		const response = await this.send("GET", "/api/notes");
		const { items } = (await response.json()) as { items: { text: string }[] };
		return items.map(({ text }) => text);
	}
}

/** Somebody who has just signed up with a tenant. */
export async function signUp(tenant: string, email = newEmail()) {
	const visitor = new Visitor(tenant);
	const response = await visitor.send("POST", "/api/signup", { body: { email, password } });
	expect(response.status).toBe(200);
	const { user } = (await response.json()) as { user: { id: string } };
	const token = visitor.cookies.get("__Host-userdo_at") ?? "";
	return { visitor, email, id: user.id, token, setCookies: response.headers.getSetCookie() };
}

export const brand = { name: "Acme Tools", color: "#b4452f" };

/** What the admin's route answers. */
export function addTenant(tenant: unknown, secret = bindings.ADMIN_SECRET): Promise<Response> {
	return exports.default.fetch("https://example.com/admin/tenants", {
		method: "POST",
		headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
		body: JSON.stringify(tenant),
	});
}

let count = 0;

/** Tenants of this test alone. */
export async function newTenants<N extends string>(...names: N[]): Promise<Record<N, string>> {
	count += 1;
	const slugs = names.map((name) => [name, `${name}-${count}`] as const);
	for (const [, slug] of slugs) expect((await addTenant({ slug, ...brand })).status).toBe(201);
	return Object.fromEntries(slugs) as Record<N, string>;
}
