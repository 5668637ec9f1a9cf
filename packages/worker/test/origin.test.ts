import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import {
	codeOf,
	cookies,
	createApp,
	evil,
	json,
	newEmail,
	origin,
	password,
	send,
	signUp,
} from "./helpers.js";

const app = createApp();
app.delete("/api/posts/:id", (c) => c.json({ deleted: c.req.param("id") }));

const crossSite = async (response: Response) => {
	expect([response.status, await codeOf(response)]).toEqual([403, "cross_site"]);
};

describe("state-changing requests of another site are refused", () => {
	const form = "application/x-www-form-urlencoded";
	const bodies: Record<string, RequestInit> = {
		"X1: urlencoded form": { headers: { "content-type": form }, body: "key=k&value=1" },
		"X1: multipart form": { body: new FormData() },
		"X2: text/plain that holds JSON": {
			headers: { "content-type": "text/plain" },
			body: '{"key":"k","value":"evil"}',
		},
		"X5: application/json": {
			headers: { "content-type": "application/json" },
			body: '{"key":"k","value":"evil"}',
		},
		"no body at all": {},
	};
	for (const [name, init] of Object.entries(bodies)) {
		test(name, async () => {
			const { browser } = await signUp(app);
			for (const path of ["/data", "/api/logout", "/api/refresh", "/api/login"]) {
				const headers = new Headers(init.headers);
				headers.set("origin", evil);
				await crossSite(await browser.fetch(path, { ...init, method: "POST", headers }));
			}
			expect(await browser.json("/data")).toEqual({ data: {}, versions: {} });
		});
	}

	test("X4: a login without any cookies", async () => {
		const { email } = await signUp(app);
		const body = { email, password };
		for (const site of ["cross-site", "same-site"]) {
			const response = await send(app, "/api/login", json(body, { "sec-fetch-site": site }));
			expect(response.headers.getSetCookie()).toEqual([]);
			await crossSite(response);
		}
	});

	test("a route of the developer's own", async () => {
		const init = { method: "DELETE", headers: { origin: evil } };
		await crossSite(await send(app, "/api/posts/1", init));
		const own = await send(app, "/api/posts/1", { method: "DELETE", headers: { origin } });
		expect(await own.json()).toEqual({ deleted: "1" });
	});

	const origins: [string, Record<string, string>, boolean][] = [
		["the same origin", { origin }, true],
		["the same origin, said twice", { origin, "sec-fetch-site": "same-origin" }, true],
		["no browser at all", {}, true],
		["Sec-Fetch-Site: same-origin alone", { "sec-fetch-site": "same-origin" }, true],
		["typed into the address bar", { "sec-fetch-site": "none" }, true],
		["null from the same origin", { origin: "null", "sec-fetch-site": "same-origin" }, true],
		["null", { origin: "null" }, false],
		["null of a sandbox", { origin: "null", "sec-fetch-site": "cross-site" }, false],
		["another scheme", { origin: "http://app.example.com" }, false],
		["another port", { origin: `${origin}:8443` }, false],
		["a subdomain", { origin: "https://x.app.example.com" }, false],
		["a longer name", { origin: `${origin}.evil.example` }, false],
		["a path behind it", { origin: `${origin}/` }, false],
		["upper case", { origin: origin.toUpperCase() }, false],
		["empty", { origin: "" }, false],
		["contradicting", { origin, "sec-fetch-site": "cross-site" }, false],
		["evil, said to be same-origin", { origin: evil, "sec-fetch-site": "same-origin" }, false],
		["an unknown Sec-Fetch-Site", { "sec-fetch-site": "whatever" }, false],
	];
	for (const [name, headers, passes] of origins) {
		test(`${name}: ${passes ? "passes" : "refused"}`, async () => {
			const response = await send(app, "/api/posts/1", { method: "DELETE", headers });
			expect(response.status).toBe(passes ? 200 : 403);
		});
	}

	test("a bearer token needs no origin; another Authorization does", async () => {
		const { token } = await signUp(app);
		const body = { key: "k", value: 1 };
		const bearer = { authorization: `Bearer ${token}`, origin: evil };
		expect((await send(app, "/data", json(body, bearer))).status).toBe(200);
		// Browsers add Basic by themselves.
		await crossSite(
			await send(app, "/data", json(body, { authorization: "Basic YTpi", origin: evil })),
		);
	});
});

describe("CORS", () => {
	const listed = "https://front.example.com";
	const shared = createApp({ origins: [listed, "http://localhost:5173"] });
	const corsHeaders = (response: Response) =>
		[...response.headers.keys()].filter((name) => name.startsWith("access-control-"));

	test("O1: a read by another origin gets no CORS header", async () => {
		for (const target of [app, shared]) {
			const { browser } = await signUp(target);
			const response = await browser.fetch("/api/me", { headers: { origin: evil } });
			expect(response.status).toBe(200);
			expect(corsHeaders(response)).toEqual([]);
		}
	});

	const preflight = (from: string) => ({
		method: "OPTIONS",
		headers: {
			origin: from,
			"access-control-request-method": "POST",
			"access-control-request-headers": "content-type,x-userdo-tokens",
		},
	});

	test("O2: a preflight of another origin gets no CORS header", async () => {
		for (const from of [evil, "null", `${listed}.evil.example`, listed.toUpperCase()]) {
			expect(corsHeaders(await send(shared, "/api/login", preflight(from)))).toEqual([]);
			expect(corsHeaders(await send(app, "/api/login", preflight(from)))).toEqual([]);
		}
	});

	test("O2: a preflight of a listed origin gets exactly that origin, and Vary", async () => {
		const response = await send(shared, "/api/login", preflight(listed));
		expect(response.status).toBe(204);
		expect(Object.fromEntries(response.headers)).toMatchObject({
			"access-control-allow-origin": listed,
			"access-control-allow-credentials": "true",
			"access-control-allow-headers": "content-type,x-userdo-tokens",
			vary: "Origin, Access-Control-Request-Headers",
		});
		expect(response.headers.get("access-control-allow-methods")).toContain("PATCH");
	});

	test("a listed origin may sign in and read, errors included", async () => {
		const body = { email: newEmail(), password };
		const headers = { origin: listed, "sec-fetch-site": "same-site" };
		const answers = [
			await send(shared, "/api/signup", json(body, headers)),
			await send(shared, "/api/signup", json(body, headers)),
			await send(shared, "/api/me", { headers }),
			await send(shared, "/nowhere", { headers }),
		];
		expect(answers.map(({ status }) => status)).toEqual([200, 409, 401, 404]);
		for (const response of answers) {
			expect(response.headers.get("access-control-allow-origin")).toBe(listed);
			expect(response.headers.get("access-control-allow-credentials")).toBe("true");
			expect(response.headers.get("vary")).toBe("Origin");
		}
	});

	test("answers to others vary by origin too, or a cache would mix them up", async () => {
		const response = await send(shared, "/api/me");
		expect(response.headers.get("vary")).toBe("Origin");
	});

	const wrong: unknown[] = [
		["*"],
		"*",
		["https://*.example.com"],
		["https://app.example.com/"],
		["https://app.example.com/path"],
		["app.example.com"],
		["HTTPS://app.example.com"],
		["null"],
		[""],
		["javascript:alert(1)"],
		["file:///"],
		[/./],
		[(from: string) => from],
		(from: string) => from,
		true,
		null,
	];
	for (const origins of wrong) {
		test(`O3: origins ${String(origins) || "(empty)"} throws at once`, () => {
			expect(() => createApp({ origins: origins as string[] })).toThrow(/origins takes a list/);
		});
	}
});

test.each([["*"], "*", ["https://*.example.com"]])("O3: %j is told why it can't be", (origins) => {
	expect(() => createApp({ origins: origins as string[] })).toThrow(
		/not .*\*.*\. Any site could then act as whoever is signed in/,
	);
});

test("a stray cookie of another name makes no difference", async () => {
	const headers = { cookie: `userdo_at=x; ${cookies.access}x=y; =z`, origin };
	expect((await send(app, "/api/me", { headers, bindings: env })).status).toBe(401);
});
