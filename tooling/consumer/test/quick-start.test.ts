import { cp } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, inject, it } from "vitest";
import { startWrangler } from "./support/dev-server.js";
import { extractExamples } from "./support/examples.js";
import { install, pinned, released } from "./support/npm.js";
import { here, root, runOwnTool } from "./support/run.js";

const release = inject("release");
const project = join(inject("folder"), "quick-start");

beforeAll(async () => {
	await cp(join(here, "projects/quick-start"), project, { recursive: true });
	await extractExamples(join(root, "README.md"), project);
	await install(project, release, {
		...released(release, "userdo"),
		...(await pinned(here, "@cloudflare/workers-types", "zod")),
	});
});

it("type-checks", async () => {
	await runOwnTool(project, "typescript/bin/tsc");
});

it("signs a user up, keeps what they write and tells them of it", async () => {
	await using server = await startWrangler(project);
	const fetchJson = async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
		const response = await fetch(server.url + path, {
			...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
			headers: { "content-type": "application/json", ...headers },
		});
		expect(response.status, path).toBe(200);
		return response.json();
	};

	const account = { email: "user@example.com", password: "a long passphrase" };
	const tokensInBody = { "x-userdo-tokens": "body" };
	const { user, token } = await fetchJson("/api/signup", account, tokensInBody);
	const signedIn = { authorization: `Bearer ${token}` };
	expect(await fetchJson("/api/me", undefined, signedIn)).toEqual({ user });

	const heard: string[] = [];
	const events = Promise.withResolvers<void>();
	const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/ws`, [
		"userdo.v1",
		`bearer.${token}`,
	]);
	socket.addEventListener("close", ({ code }) => events.reject(new Error(`closed with ${code}`)));
	const hello = Promise.withResolvers<void>();
	socket.addEventListener("message", ({ data }) => {
		const { type, changes = [] } = JSON.parse(data);
		if (type === "hello") hello.resolve();
		for (const { event } of changes) heard.push(event);
		if (heard.length === 2) events.resolve();
	});
	await Promise.race([hello.promise, events.promise]);

	await fetchJson("/data", { key: "preferences", value: { theme: "dark" } }, signedIn);
	const { post } = await fetchJson("/api/posts", { title: "Hello", content: "World" }, signedIn);
	await events.promise;
	expect(heard).toEqual(["kv:preferences", "table:posts"]);
	expect(await fetchJson("/api/posts", undefined, signedIn)).toEqual({ posts: [post] });
	expect(await fetchJson("/data?key=preferences", undefined, signedIn)).toMatchObject({
		data: { preferences: { theme: "dark" } },
	});
	socket.close();
});
