import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";

const api = "https://api.example.com";
const page = "https://board.example.com";

/** A request as a browser sends it from a page of that origin. */
function send(path: string, origin: string, init: { method?: string; body?: object } = {}) {
	const { method = "GET", body } = init;
	return exports.default.fetch(api + path, {
		method,
		headers: {
			origin,
			// By networks: each visitor has one of its own.
			"cf-connecting-ip": `10.0.${Math.floor(Math.random() * 255)}.${Math.floor(Math.random() * 255)}`,
			...(body && { "content-type": "application/json" }),
		},
		...(body && { body: JSON.stringify(body) }),
	});
}

const signup = (origin: string) =>
	send("/api/signup", origin, {
		method: "POST",
		body: { email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" },
	});

it("lets the pages that are listed use cookies", async () => {
	for (const origin of [page, "https://www.example.com"]) {
		const response = await signup(origin);
		expect(response.status).toBe(200);
		expect(response.headers.get("access-control-allow-origin")).toBe(origin);
		expect(response.headers.get("access-control-allow-credentials")).toBe("true");
		expect(response.headers.get("set-cookie")).toContain("__Host-");
	}
});

it("answers what a browser asks first, to listed pages alone", async () => {
	const ask = (origin: string) =>
		exports.default.fetch(`${api}/api/batch`, {
			method: "OPTIONS",
			headers: { origin, "access-control-request-method": "POST" },
		});
	const [listed, other] = [await ask(page), await ask("https://evil.example")];
	expect(listed.status).toBe(204);
	expect(listed.headers.get("access-control-allow-origin")).toBe(page);
	expect(other.headers.get("access-control-allow-origin")).toBeNull();
});

it("refuses other pages, also those of the same site", async () => {
	for (const origin of ["https://evil.example", "https://other.example.com", "null"]) {
		const response = await signup(origin);
		expect(response.status).toBe(403);
		expect(await response.json()).toMatchObject({ code: "cross_site" });
		expect(response.headers.get("set-cookie")).toBeNull();
		expect(response.headers.get("access-control-allow-origin")).toBeNull();
	}
});

it("serves the tasks of the contract, and says which field is wrong", async () => {
	const signedUp = await signup(page);
	const cookie = signedUp.headers
		.getSetCookie()
		.map((line) => line.split(";")[0])
		.join("; ");
	const create = (data: object) =>
		exports.default.fetch(`${api}/api/tasks`, {
			method: "POST",
			headers: { origin: page, cookie, "content-type": "application/json" },
			body: JSON.stringify(data),
		});

	const task = await create({ title: "  Write ", due: "2026-12-24" });
	expect(await task.json()).toMatchObject({ title: "Write", status: "todo", due: "2026-12-24" });
	const refused = await create({ title: " ", due: "tomorrow" });
	expect(refused.status).toBe(400);
	expect(await refused.json()).toMatchObject({
		code: "invalid_input",
		issues: [{ path: "title" }, { path: "due" }],
	});
});
