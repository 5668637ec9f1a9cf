import { exports } from "cloudflare:workers";
import { createEndpointClient } from "@userdo/client/endpoints";
import { describe, expect, test } from "vitest";
import type { Timesheet } from "../src/contract.js";

const origin = "https://timesheet.example";

/** Somebody with a browser: keeps cookies, and sends the headers that a page's fetch has. */
class Visitor {
	// Of its own, or all visitors would be limited as one.
	readonly #address = `10.${crypto.getRandomValues(new Uint8Array(3)).join(".")}`;
	readonly #cookies = new Map<string, string>();

	readonly api = createEndpointClient<Timesheet>(`${origin}/v1`, {
		fetch: (url, init) => this.fetch(url, init),
	});

	async fetch(url: string, init: RequestInit): Promise<Response> {
		const headers = new Headers(init.headers);
		headers.set("origin", origin);
		headers.set("cf-connecting-ip", this.#address);
		headers.set("user-agent", "Visitor/1");
		headers.set("cookie", [...this.#cookies].map((pair) => pair.join("=")).join("; "));
		const response = await exports.default.fetch(new URL(url, origin), { ...init, headers });
		for (const cookie of response.headers.getSetCookie()) {
			const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
			this.#cookies.set(name, value);
		}
		return response;
	}

	post(path: string, body: object): Promise<Response> {
		const headers = { "content-type": "application/json" };
		return this.fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
	}
}

/** Somebody who has just signed up. */
async function signUp(): Promise<Visitor> {
	const visitor = new Visitor();
	const email = `${crypto.randomUUID()}@example.com`;
	const response = await visitor.post("/v1/api/signup", { email, password: "correct horse" });
	expect(response.status).toBe(200);
	return visitor;
}

describe("entries", () => {
	test("are started, stopped, listed newest first, summed up and deleted", async () => {
		const { api } = await signUp();
		const body = { project: " Garden ", note: "roses" };
		const { entry } = await api("POST /entries", { body });
		expect(entry).toMatchObject({ project: "Garden", note: "roses" });
		expect(entry.stoppedAt).toBeUndefined();
		const params = { id: entry.id };
		const { entry: stopped } = await api("POST /entries/:id/stop", { params });
		expect(Date.parse(stopped.stoppedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(entry.startedAt));
		const { entry: next } = await api("POST /entries", { body: { project: "House" } });
		expect((await api("GET /entries")).entries.map(({ id }) => id).sort()).toEqual(
			[entry.id, next.id].sort(),
		);
		const { totals } = await api("GET /totals");
		expect(totals.map(({ project }) => project)).toEqual(["Garden", "House"]);
		expect(await api("DELETE /entries/:id", { params })).toBeUndefined();
		expect(await api("GET /entries")).toEqual({ entries: [next] });
	});

	test("of a period are those that began in it", async () => {
		const { api } = await signUp();
		const { entry } = await api("POST /entries", { body: { project: "Garden" } });
		const after = { from: new Date(Date.parse(entry.startedAt) + 1).toISOString() };
		expect(await api("GET /entries", { query: after })).toEqual({ entries: [] });
		const until = { from: entry.startedAt, to: after.from };
		expect(await api("GET /entries", { query: until })).toEqual({ entries: [entry] });
	});

	test("are answered without what the contract does not name", async () => {
		const visitor = await signUp();
		await visitor.api("POST /entries", { body: { project: "Garden" } });
		const response = await visitor.fetch("/v1/entries", {});
		const text = await response.text();
		expect(text).toContain("Garden");
		expect(text).not.toContain("Visitor/1");
	});

	test("are nobody else's to see, stop or delete", async () => {
		const [ada, eve] = await Promise.all([signUp(), signUp()]);
		const { entry } = await ada.api("POST /entries", { body: { project: "Secret" } });
		expect(await eve.api("GET /entries")).toEqual({ entries: [] });
		const params = { id: entry.id };
		for (const name of ["POST /entries/:id/stop", "DELETE /entries/:id"] as const) {
			await expect(eve.api(name, { params })).rejects.toMatchObject({ code: "not_found" });
		}
	});

	test("are a file for a spreadsheet, which runs nothing of it", async () => {
		const { api } = await signUp();
		const body = { project: "=1+1", note: 'a "b", c' };
		const { entry } = await api("POST /entries", { body });
		const file = await api("GET /entries.csv");
		expect(file.headers.get("content-type")).toBe("text/csv; charset=utf-8");
		expect(await file.text()).toBe(
			`startedAt,stoppedAt,project,note\r\n${entry.startedAt},,'=1+1,"a ""b"", c"\r\n`,
		);
	});
});

test("the documentation describes what there is, and nothing else", async () => {
	const visitor = new Visitor();
	const response = await visitor.fetch("/v1/api/openapi.json", {});
	const { servers, paths } = await response.json<{ servers: object[]; paths: object }>();
	expect(servers).toEqual([{ url: "/v1" }]);
	expect(Object.keys(paths)).toEqual(
		expect.arrayContaining(["/entries/{id}/stop", "/api/login", "/api/me", "/api/ws"]),
	);
	expect(Object.keys(paths)).not.toContain("/data");
	const page = await visitor.fetch("/v1/api/docs", {});
	expect(await page.text()).toContain("/entries/{id}/stop");
});

describe("what is refused", () => {
	test("is for those who are signed in, the time alone is not", async () => {
		const { api } = new Visitor();
		await expect(api("GET /entries")).rejects.toMatchObject({ status: 401, code: "unauthorized" });
		expect(Date.parse((await api("GET /time")).now)).toBeGreaterThan(0);
	});

	test("names the field, or what stands in the way", async () => {
		const { api } = await signUp();
		await expect(api("POST /entries", { body: { project: " " } })).rejects.toMatchObject({
			code: "invalid_input",
			issues: [{ path: "project", message: "Name the project." }],
		});
		const { entry } = await api("POST /entries", { body: { project: "Garden" } });
		const again = api("POST /entries", { body: { project: "House" } });
		await expect(again).rejects.toMatchObject({
			status: 409,
			message: "A clock is running already.",
		});
		const params = { id: entry.id };
		await api("POST /entries/:id/stop", { params });
		await expect(api("POST /entries/:id/stop", { params })).rejects.toMatchObject({ status: 409 });
	});

	test.each(["/v1/data", "/v1/api/entries", "/v1/api/batch", "/v1/api/export", "/data", "/api/me"])(
		"has no part that answers %s",
		async (path) => {
			const visitor = await signUp();
			expect((await visitor.fetch(path, {})).status).toBe(404);
		},
	);
});
