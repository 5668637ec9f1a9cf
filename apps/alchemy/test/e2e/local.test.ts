import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { endWithParent } from "@tooling/dev";
import { afterAll, beforeAll, expect, it } from "vitest";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const root = fileURLToPath(new URL("../../../..", import.meta.url));
// Of this test alone.
const stage = `test-${crypto.randomUUID().slice(0, 8)}`;
const name = `userdo-bookmarks-worker-${stage}`;

let alchemy: ChildProcess;
let url = "";
let printed = "";

/** Nothing is asked of Cloudflare in local mode, but Alchemy wants to see credentials. */
const env = {
	...process.env,
	PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter),
	NO_COLOR: "1",
	CLOUDFLARE_API_TOKEN: "local",
	CLOUDFLARE_ACCOUNT_ID: "0".repeat(32),
	ALCHEMY_PASSWORD: crypto.randomUUID(),
	ALCHEMY_TELEMETRY_DISABLED: "1",
	// Files are kept no longer than the test, in CI as well.
	ALCHEMY_CI_STATE_STORE_CHECK: "false",
	ALCHEMY_STATE_TOKEN: "",
	JWT_SECRET: crypto.randomUUID(),
};

beforeAll(async () => {
	const { scripts } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
	const command = `${endWithParent} ${scripts["dev:alchemy"]} --stage ${stage}`;
	alchemy = spawn(command, { cwd: folder, env, shell: true, detached: true, stdio: "pipe" });
	await new Promise<void>((resolve, reject) => {
		for (const stream of [alchemy.stdout, alchemy.stderr]) {
			stream?.on("data", (text: Buffer) => {
				printed += text.toString();
				url = /http:\/\/(127\.0\.0\.1|localhost):\d+/.exec(printed)?.[0] ?? "";
				if (url !== "") resolve();
			});
		}
		alchemy.once("exit", (code) => reject(new Error(`Alchemy ended with ${code}:\n${printed}`)));
	});
});

afterAll(async () => {
	if (alchemy.pid !== undefined && alchemy.exitCode === null && alchemy.signalCode === null) {
		const ended = once(alchemy, "exit");
		process.kill(-alchemy.pid, "SIGKILL");
		await ended;
	}
	const kept = [
		join(folder, ".alchemy/userdo-bookmarks", stage),
		join(folder, ".alchemy/out", name),
		join(root, ".alchemy/miniflare/v3/do", `${name}-BookmarksDO`),
	];
	await Promise.all(kept.map((path) => rm(path, { recursive: true, force: true, maxRetries: 5 })));
});

it("serves the page and signs people up, from what alchemy.run.ts describes", async () => {
	const page = await fetch(url);
	expect(await page.text()).toContain("<title>Bookmarks</title>");
	expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; base-uri");
	const headers = { "content-type": "application/json", "x-userdo-tokens": "body" };
	const signup = await fetch(`${url}/api/signup`, {
		method: "POST",
		headers: { ...headers, origin: url },
		body: JSON.stringify({ email: "ada@example.com", password: "correct horse" }),
	});
	const { token } = (await signup.json()) as { token: string };
	const save = await fetch(`${url}/api/bookmarks`, {
		method: "POST",
		headers: { ...headers, authorization: `Bearer ${token}` },
		body: JSON.stringify({ url: "https://example.com/", title: "Kept" }),
	});
	expect([save.status, await save.json()]).toMatchObject([200, { title: "Kept" }]);
});

it("lets nobody in from the network", async () => {
	const addresses = Object.values(networkInterfaces())
		.flatMap((known) => known ?? [])
		.filter(({ internal, family }) => !internal && family === "IPv4");
	for (const { address } of addresses) {
		const outcome = await new Promise((resolve) => {
			const socket = connect(Number(new URL(url).port), address, () => {
				socket.destroy();
				resolve("let in");
			}).once("error", resolve);
		});
		expect(outcome).toMatchObject({ code: "ECONNREFUSED" });
	}
});

it("prints no secret", () => {
	expect(printed).not.toContain(env.JWT_SECRET);
	expect(printed).not.toContain(env.ALCHEMY_PASSWORD);
});
