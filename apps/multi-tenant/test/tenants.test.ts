import { listDurableObjectIds } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it, onTestFinished } from "vitest";
import { brand, hostOf, newEmail, newTenants, password, signUp, Visitor } from "./visitor.js";

async function openSocket(tenant: string, headers: Record<string, string>) {
	const response = await exports.default.fetch(`${hostOf(tenant)}/api/ws`, {
		headers: { upgrade: "websocket", "cf-connecting-ip": "10.0.0.1", ...headers },
	});
	response.webSocket?.accept();
	onTestFinished(() => response.webSocket?.close());
	return response.status;
}

describe("the same email with two tenants", () => {
	it("is two users with data of their own", async () => {
		const { acme, beta } = await newTenants("acme", "beta");
		const email = newEmail();
		const one = await signUp(acme, email);
		const other = await signUp(beta, email);
		expect(one.id).not.toBe(other.id);
		await one.visitor.send("POST", "/api/notes", { body: { text: "Of Acme" } });
		await other.visitor.send("POST", "/api/notes", { body: { text: "Of Beta" } });
		expect(await one.visitor.notes()).toEqual(["Of Acme"]);
		expect(await other.visitor.notes()).toEqual(["Of Beta"]);
	});

	it("has cookies of one host, which are nothing to the other", async () => {
		const { acme, beta } = await newTenants("acme", "beta");
		const { visitor, token, setCookies, email } = await signUp(acme);
		await signUp(beta, email);
		expect(setCookies).toHaveLength(2);
		for (const cookie of setCookies) {
			expect(cookie).toMatch(/^__Host-.*; Path=\/;.*Secure/);
			expect(cookie).not.toMatch(/domain=/i);
		}
		const stolen = new Visitor(beta, visitor.cookies);
		for (const path of ["/api/me", "/api/notes", "/data"]) {
			expect((await stolen.send("GET", path)).status).toBe(401);
			const headers = { authorization: `Bearer ${token}` };
			expect((await new Visitor(beta).send("GET", path, { headers })).status).toBe(401);
			expect((await new Visitor(acme).send("GET", path, { headers })).status).toBe(200);
		}
		expect((await stolen.send("POST", "/api/refresh", { body: {} })).status).toBe(401);
	});

	it("opens sockets at its own tenant's host alone", async () => {
		const { acme, beta } = await newTenants("acme", "beta");
		const { visitor, token } = await signUp(acme);
		const { cookie } = visitor;
		const bearer = { "sec-websocket-protocol": `userdo.v1, bearer.${token}` };
		expect(await openSocket(acme, { cookie, origin: hostOf(acme) })).toBe(101);
		expect(await openSocket(acme, bearer)).toBe(101);
		expect(await openSocket(beta, { cookie, origin: hostOf(beta) })).toBe(401);
		expect(await openSocket(beta, { cookie, origin: hostOf(acme) })).toBe(403);
		expect(await openSocket(beta, bearer)).toBe(401);
	});
});

describe("a host that is no tenant's", () => {
	it.each(["nobody", "a.nobody", "www", "x--", `${"x".repeat(40)}`])(
		"answers 404 and makes no object: %s",
		async (tenant) => {
			const ids = async () => (await listDurableObjectIds(env.NOTES_DO)).length;
			const before = await ids();
			const visitor = new Visitor(tenant);
			for (const path of ["/", "/theme.css", "/api/me", "/data", "/api/notes", "/nowhere"]) {
				const response = await visitor.send("GET", path);
				expect([response.status, await response.json()]).toEqual([
					404,
					{ error: "Not found.", code: "not_found" },
				]);
			}
			const body = { email: newEmail(), password };
			expect((await visitor.send("POST", "/api/signup", { body })).status).toBe(404);
			expect(await openSocket(tenant, { origin: hostOf(tenant) })).toBe(404);
			expect(await ids()).toBe(before);
		},
	);

	it("shows people a page that says so", async () => {
		const headers = { accept: "text/html" };
		const response = await new Visitor("nobody").send("GET", "/", { headers });
		expect(response.status).toBe(404);
		expect(await response.text()).toContain("There is nobody at this address");
	});
});

it("shows each tenant's page with its name and colors", async () => {
	const { acme } = await newTenants("acme");
	const visitor = new Visitor(acme);
	const page = await visitor.send("GET", "/");
	expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
	expect(await page.text()).toContain(`<title>${brand.name}</title>`);
	const theme = await visitor.send("GET", "/theme.css");
	expect(await theme.text()).toBe(`:root { --brand: ${brand.color}; --on-brand: #fff; }\n`);
	expect(await (await visitor.send("GET", "/icon.svg")).text()).toContain(brand.color);
});
