import { exports } from "cloudflare:workers";
import { expect, expectTypeOf, test } from "vitest";
import type { worker } from "../alchemy.run.js";
import type { BookmarksDO } from "../src/index.js";

const origin = "https://bookmarks.example";

async function signUp() {
	const headers: Record<string, string> = {
		origin,
		"content-type": "application/json",
		"cf-connecting-ip": `10.${crypto.getRandomValues(new Uint8Array(3)).join(".")}`,
	};
	const send = (method: string, path: string, body?: unknown) =>
		exports.default.fetch(new URL(path, origin), {
			method,
			headers,
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
	const email = `${crypto.randomUUID()}@example.com`;
	const response = await send("POST", "/api/signup", { email, password: "correct horse" });
	const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
	headers.cookie = cookies.join("; ");
	return {
		send,
		save: (url: string, title = "A page") => send("POST", "/api/bookmarks", { url, title }),
		async titles() {
			const list = await (await send("GET", "/api/bookmarks")).json<{
				items: { title: string }[];
			}>();
			return list.items.map(({ title }) => title);
		},
	};
}

test("bookmarks are each user's own", async () => {
	const [ada, bob] = await Promise.all([signUp(), signUp()]);
	const saved = await (await ada.save("https://example.com/a", " A ")).json<{ id: string }>();
	expect(saved).toMatchObject({ url: "https://example.com/a", title: "A", isRead: false });
	expect(await ada.titles()).toEqual(["A"]);
	expect(await bob.titles()).toEqual([]);
	expect((await bob.send("DELETE", `/api/bookmarks/${saved.id}`)).status).toBe(200);
	expect(await ada.titles()).toEqual(["A"]);
	await ada.send("PATCH", `/api/bookmarks/${saved.id}`, { isRead: true });
	const read = await ada.send("GET", `/api/bookmarks/${saved.id}`);
	expect(await read.json()).toMatchObject({ isRead: true });
});

test("an address is there once", async () => {
	const ada = await signUp();
	await ada.save("https://example.com/");
	const again = await ada.save("https://example.com/");
	expect([again.status, await again.json()]).toMatchObject([409, { code: "conflict" }]);
});

test.each(["javascript:alert(1)", "data:text/html,x", "ftp://example.com", "no address", ""])(
	"the address %o is refused",
	async (url) => {
		const ada = await signUp();
		const response = await ada.save(url);
		const { code, issues } = await response.json<{ code: string; issues: object[] }>();
		expect([response.status, code, issues[0]]).toMatchObject([
			400,
			"invalid_input",
			{ path: "url" },
		]);
	},
);

test("what Alchemy deploys has the bindings that the Worker is developed with", () => {
	type Deployed = (typeof worker)["Env"];
	expectTypeOf<keyof Deployed>().toEqualTypeOf<keyof Cloudflare.Env>();
	expectTypeOf<Deployed["JWT_SECRET"]>().toEqualTypeOf<string>();
	expectTypeOf<Deployed["BOOKMARKS_DO"]>().toExtend<DurableObjectNamespace<BookmarksDO>>();
});
