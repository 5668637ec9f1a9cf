import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import worker from "../src/index.js";
import { bindings } from "./settings.js";
import { addTenant, brand, newTenants, signUp, Visitor } from "./visitor.js";

const codeOf = async (response: Response) => {
	const { code, issues } = (await response.json()) as { code: string; issues?: object[] };
	return [response.status, code, issues];
};

describe("adding a tenant", () => {
	it("makes it work at once, where it answered 404 a moment ago", async () => {
		const visitor = new Visitor("late");
		expect((await visitor.send("GET", "/api/me")).status).toBe(404);
		const added = await addTenant({ slug: "late", ...brand });
		expect([added.status, await added.json()]).toEqual([
			201,
			{ tenant: { slug: "late", ...brand }, url: "https://late.example.com/" },
		]);
		expect((await visitor.send("GET", "/api/me")).status).toBe(401);
		await signUp("late");
	});

	it("refuses a slug that is taken, and leaves its tenant as it was", async () => {
		const { acme } = await newTenants("acme");
		const again = await addTenant({ slug: acme, name: "Evil", color: "#000000" });
		expect(await codeOf(again)).toEqual([
			409,
			"conflict",
			[{ path: "slug", message: "This slug is taken." }],
		]);
		expect(await (await new Visitor(acme).send("GET", "/")).text()).toContain(brand.name);
	});

	it.each([
		["slug", { slug: "Acme" }],
		["slug", { slug: "a.b" }],
		["slug", { slug: "-a" }],
		["slug", { slug: "a-" }],
		["slug", { slug: "1a" }],
		["slug", { slug: "" }],
		["slug", { slug: "x".repeat(33) }],
		["slug", { slug: "admin" }],
		["slug", {}],
		["name", { slug: "fine", name: " " }],
		["name", { slug: "fine", name: "x".repeat(61) }],
		["color", { slug: "fine", color: "red" }],
		["color", { slug: "fine", color: "#fff;}</style>" }],
	])("refuses a bad %s: %j", async (path, tenant) => {
		const [status, code, issues] = await codeOf(await addTenant({ ...brand, ...tenant }));
		expect([status, code]).toEqual([400, "invalid_input"]);
		expect(issues).toMatchObject([{ path }]);
		expect((await new Visitor("fine").send("GET", "/api/me")).status).toBe(404);
	});

	it("takes the admin's secret, at the domain itself", async () => {
		const tenant = { slug: "wanted", ...brand };
		for (const secret of ["", "wrong", `${bindings.ADMIN_SECRET}x`, bindings.JWT_SECRET]) {
			expect((await codeOf(await addTenant(tenant, secret))).slice(0, 2)).toEqual([
				401,
				"unauthorized",
			]);
		}
		const { acme } = await newTenants("acme");
		const headers = { authorization: `Bearer ${bindings.ADMIN_SECRET}` };
		const elsewhere = await new Visitor(acme).send("POST", "/admin/tenants", {
			body: tenant,
			headers,
		});
		expect(elsewhere.status).toBe(404);
		const list = await exports.default.fetch("https://example.com/admin/tenants", { headers });
		const { items } = (await list.json()) as { items: { slug: string }[] };
		expect(items.some(({ slug }) => slug === acme)).toBe(true);
		expect(items.some(({ slug }) => slug === "wanted")).toBe(false);
	});

	it("writes names as text, whatever they are", async () => {
		const name = `<img src=x onerror="alert(1)">`;
		await addTenant({ ...brand, slug: "markup", name });
		const page = await (await new Visitor("markup").send("GET", "/")).text();
		expect(page).not.toContain("<img src=x");
		expect(page).toContain("&lt;img src=x");
	});
});

it("says in the log, once, that the admin's secret is missing, and lets nobody in", async () => {
	const log = vi.spyOn(console, "error").mockImplementation(() => {});
	for (const secret of [undefined, "", "short"]) {
		const request = new Request("https://example.com/admin/tenants", {
			headers: { authorization: `Bearer ${secret}` },
		});
		const without = { ...env, ADMIN_SECRET: secret } as Env;
		const response = await worker.fetch(request, without, createExecutionContext());
		expect((await codeOf(response)).slice(0, 2)).toEqual([500, "misconfigured"]);
	}
	expect(log.mock.calls).toEqual([[expect.stringContaining("ADMIN_SECRET is not set")]]);
});
