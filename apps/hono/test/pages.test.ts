import { describe, expect, it, vi } from "vitest";
import { Reader } from "./reader.js";
import { newEmail, origin, password, signUp } from "./visitor.js";

const form = "application/x-www-form-urlencoded";

async function enter(email = newEmail()): Promise<Reader> {
	const reader = new Reader();
	const page = await reader.signUp(email);
	expect([page.status, page.path, page.heading]).toEqual([200, "/", "Your notes"]);
	return reader;
}

describe("without script", () => {
	it("a person signs up, out and in", async () => {
		const email = newEmail();
		const reader = new Reader();
		expect((await reader.open("/")).path).toBe("/sign-in");
		await reader.open("/sign-up");
		const refused = await reader.submit("/api/signup", { email, password: "password1" });
		expect(refused.path).toMatch(/^\/sign-up\?error=password_common/);
		expect(refused.told).toEqual(["This password is too easy to guess."]);
		await reader.submit("/api/signup", { email, password });
		expect(reader.page?.path).toBe("/");
		expect(reader.page?.html).toContain(email);
		expect((await reader.open("/sign-in")).path).toBe("/");
		expect((await reader.submit("/api/logout")).path).toBe("/sign-in?done=signed-out");
		const wrong = await reader.submit("/api/login", { email, password: "not the password" });
		expect(wrong.told).toEqual(["Email or password is wrong."]);
		expect((await reader.submit("/api/login", { email, password })).path).toBe("/");
		await new Reader().open("/sign-up");
		const other = new Reader();
		await other.open("/sign-up");
		const taken = await other.submit("/api/signup", { email, password });
		expect(taken.told).toEqual(["An account with this email exists already."]);
	});

	it("notes are written, changed, found and deleted", async () => {
		const reader = await enter();
		await reader.add("Groceries", "Bread\r\nbutter");
		expect((await reader.add("A walk", "by the river")).titles).toEqual(["A walk", "Groceries"]);
		const [, groceries] = reader.page?.links.filter((link) => /^\/notes\/[^/]+$/.test(link)) ?? [];

		expect((await reader.submit("/", { q: "butt" })).titles).toEqual(["Groceries"]);
		expect((await reader.submit("/", { q: "nothing" })).html).toContain("Nothing found");

		const edit = await reader.open(groceries ?? "");
		expect(edit.forms.at(-1)?.fields).toMatchObject({
			title: "Groceries",
			content: "Bread\r\nbutter",
		});
		const saved = await reader.submit(groceries ?? "", { title: "Shopping" });
		expect([saved.path, saved.titles]).toEqual(["/", ["A walk", "Shopping"]]);
		expect(saved.html).toContain("Bread\nbutter");

		await reader.open(`${groceries}/delete`);
		expect((await reader.submit(`${groceries}/delete`)).titles).toEqual(["A walk"]);
		expect((await reader.open(groceries ?? "")).status).toBe(404);
	});

	it("what can't be saved is shown again, with what was written and what is wrong", async () => {
		const reader = await enter();
		const page = await reader.submit("/notes", { title: " ", content: "Half a thou" });
		expect([page.status, page.told]).toEqual([400, ["Give the note a title."]]);
		expect(page.forms.find(({ action }) => action === "/notes")?.fields.content).toBe(
			"Half a thou",
		);
		const long = await reader.submit("/notes", { title: "x".repeat(121), content: "y" });
		expect(long.told).toEqual(["A title has at most 120 characters."]);
		const large = await reader.submit("/notes", { title: "x", content: "y".repeat(70_000) });
		expect([large.status, large.html]).toEqual([
			413,
			expect.stringContaining("This is too large."),
		]);
		expect((await reader.open("/")).titles).toEqual([]);
	});

	it("an edit does not replace what somebody has saved meanwhile, before the person has seen it", async () => {
		const reader = await enter();
		await reader.add("Plan", "first");
		const [link = ""] = reader.page?.links.filter((link) => /^\/notes\/[^/]+$/.test(link)) ?? [];
		await reader.open(link);
		const patch = { content: "theirs" };
		await reader.send("PATCH", `/api/posts/${link.slice("/notes/".length)}`, patch);
		const page = await reader.submit(link, { content: "mine" });
		expect(page.status).toBe(409);
		expect(page.told).toEqual([
			"This note was changed in another window. Saving replaces the text below.",
		]);
		expect(page.forms.at(-1)?.fields.content).toBe("mine");
		expect(page.html).toContain("theirs");
		await reader.submit(link);
		for (const version of ["", "yesterday", "2026-99-99T00:00:00.000Z"]) {
			await reader.open(link);
			expect((await reader.submit(link, { content: "lost", version })).status).toBe(400);
		}
		expect(await reader.notes()).toMatchObject([{ title: "Plan", content: "mine" }]);
	});

	it("the theme is chosen, and worn by each page", async () => {
		const reader = await enter();
		expect(reader.page?.html).toContain('data-theme="system"');
		expect((await reader.submit("/preferences", { theme: "dark" })).path).toBe("/");
		expect(reader.page?.html).toContain('data-theme="dark"');
		await reader.open("/account");
		expect(reader.page?.html).toContain('data-theme="dark"');
		expect((await reader.submit("/preferences", { theme: "light" })).path).toBe("/account");
		for (const wrong of [{ theme: "pink" }, { theme: "dark", back: "https://evil.example" }]) {
			await reader.open("/account");
			expect((await reader.submit("/preferences", wrong)).status).toBe(400);
		}
		expect((await reader.open("/")).html).toContain('data-theme="light"');
	});

	it("sessions are listed and ended", async () => {
		const email = newEmail();
		const reader = await enter(email);
		const others = [new Reader(), new Reader()];
		for (const other of others) {
			await other.open("/sign-in");
			await other.submit("/api/login", { email, password });
		}
		const count = () =>
			reader.page?.forms.filter(({ action }) => /^\/api\/sessions\//.test(action)).length;
		await reader.open("/account");
		expect(count()).toBe(3);
		// The first is the own one.
		const [, ended] = reader.page?.forms.filter(({ action }) => /sessions\//.test(action)) ?? [];
		await reader.submit(ended?.action ?? "");
		expect([reader.page?.path, count()]).toEqual(["/account", 2]);
		await reader.submit("/api/sessions");
		expect(count()).toBe(1);
		for (const other of others) {
			const page = await other.open("/");
			// The cookies look good until they expire: this must not lead in circles.
			expect([page.path, page.told]).toEqual([
				"/sign-in?ended",
				["You were signed out. Please sign in again."],
			]);
			expect((await other.open("/account")).path).toBe("/sign-in?ended");
		}
	});

	it("the password is changed, and the account deleted", async () => {
		const email = newEmail();
		const reader = await enter(email);
		await reader.add("Mine");
		await reader.open("/account");
		const change = (oldPassword: string, newPassword: string) =>
			reader.submit("/api/password/change", { oldPassword, newPassword });
		expect((await change("wrong", "another horse battery")).told).toEqual([
			"The current password is wrong.",
		]);
		expect((await change(password, "password1")).told).toEqual([
			"This password is too easy to guess.",
		]);
		expect((await change(password, "another horse battery")).told).toEqual([
			"Your password is changed. All other devices are signed out.",
		]);
		await reader.open("/account/delete");
		expect((await reader.submit("/api/me", { password: "wrong" })).told).toEqual([
			"The current password is wrong.",
		]);
		const gone = await reader.submit("/api/me", { password: "another horse battery" });
		expect([gone.path, gone.told]).toEqual([
			"/sign-in?done=deleted",
			["Your account and all of your notes are deleted."],
		]);
		expect((await reader.signUp(email)).titles).toEqual([]);
	});

	it("a link is asked for with the same answer whether there is an account or not", async () => {
		// Nobody has told this app how mail leaves.
		vi.spyOn(console, "error").mockImplementation(() => {});
		const email = newEmail();
		await enter(email);
		const answers = new Set<string>();
		for (const address of [email, newEmail()]) {
			const reader = new Reader();
			await reader.open("/forgot");
			answers.add((await reader.submit("/api/password-reset/request", { email: address })).html);
		}
		expect(answers.size).toBe(1);
		expect([...answers][0]).toContain("If there is an account with this address");
	});
});

describe("what somebody typed is text on every page", () => {
	const hostile = [
		`"><img src=x onerror=alert(1)>`,
		`</title></textarea></template><script>alert(1)</script>`,
		`'><svg onload=alert(1)>`,
		"&lt;b&gt; <b>bold</b>",
		"{{7*7}} <!--",
	];

	it("in titles, texts, names of links, searches and what is shown again", async () => {
		const reader = await enter();
		const clean = reader.page?.elements;
		expect(clean).toMatchObject({ script: 2 });
		for (const text of hostile) {
			const other = await enter();
			const list = await other.add(text, text);
			expect(list.titles).toEqual([text]);
			const [link = ""] = list.links.filter((each) => /^\/notes\/[^/]+$/.test(each));
			const words = `?${new URLSearchParams({ q: text })}`;
			const pages = [
				list,
				await other.open(`/${words}`),
				await other.open(link),
				await other.open(`${link}/delete`),
				await other.open("/").then(() => other.submit("/notes", { title: "", content: text })),
			];
			for (const { elements, html, path } of pages) {
				expect(elements.script, path).toBeLessThanOrEqual(2);
				expect([elements.img, elements.b, elements.title], path).toEqual([1, undefined, 1]);
				expect(html, path).not.toMatch(/<(img|svg)[^>]* on|<script>|<b>/);
			}
		}
	});

	it("and so is what somebody puts into an address", async () => {
		const reader = new Reader();
		const queries = hostile.map((text) => {
			const keys = ["error", "field", "done", "token", "ended", "retryAfter", "form", "q", "asked"];
			return new URLSearchParams(keys.map((key) => [key, text])).toString();
		});
		for (const path of ["/sign-in", "/sign-up", "/forgot", "/reset", "/verify", "/nowhere"]) {
			for (const query of queries) {
				const { elements, html } = await reader.open(`${path}?${query}`);
				expect([elements.script, elements.img, elements.b], path).toEqual([1, 1, undefined]);
				expect(html).not.toMatch(/<(img|svg)[^>]* on|<script>|<b>/);
			}
		}
		const long = await reader.open("/sign-in?error=invalid_input&field=email&field=toString");
		expect(long.told).toEqual(["Enter an email address, such as name@example.com."]);
	});
});

describe("every page", () => {
	it("is for its reader alone, says where its forms may go, and runs no script but the app's", async () => {
		const reader = await enter();
		const list = await reader.add("Note");
		const [link = ""] = list.links.filter((each) => /^\/notes\/[^/]+$/.test(each));
		const paths = ["/", "/account", "/account/delete", link, `${link}/delete`, "/nowhere"];
		const open = ["/sign-up", "/forgot", "/reset?token=x", "/verify?token=x", "/sign-in"];
		for (const path of [...paths, ...open]) {
			const { headers, html } = await (path === "/sign-in" ? new Reader() : reader).open(path);
			const policy = headers.get("content-security-policy") ?? "";
			expect(headers.get("content-type"), path).toBe("text/html; charset=UTF-8");
			expect(headers.get("cache-control"), path).toBe("no-store, private");
			expect(headers.get("referrer-policy"), path).toBe("same-origin");
			expect(headers.get("x-content-type-options"), path).toBe("nosniff");
			for (const part of [
				"default-src 'none'",
				"form-action 'self'",
				"frame-ancestors 'none'",
				"script-src 'self'",
				"require-trusted-types-for 'script'",
			]) {
				expect(policy.split("; "), path).toContain(part);
			}
			expect(policy).not.toContain("unsafe");
			expect(html, path).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/i);
		}
	});

	it("of who is signed in leads others to the door", async () => {
		for (const path of ["/", "/account", "/account/delete", "/notes/x", "/notes/x/delete"]) {
			expect((await new Reader().open(path)).path).toBe("/sign-in");
		}
		const posted = {
			method: "POST",
			headers: { "content-type": form },
			body: "title=a&theme=dark",
		};
		for (const path of ["/notes", "/notes/x", "/notes/x/delete"]) {
			expect((await new Reader().open(path, posted)).path).toBe("/sign-in");
		}
	});

	it("that confirms an address sends its form by itself only where nothing is to be filled in", async () => {
		const stranger = await new Reader().open("/verify?token=x");
		expect(stranger.heading).toBe("Is it you?");
		expect(stranger.html).not.toContain("data-submit-at-once");
		const reader = await enter();
		expect((await reader.open("/verify?token=x")).html).toContain("data-submit-at-once");
	});

	it("leaves the API to the library", async () => {
		const ada = await signUp();
		const missing = await ada.send("GET", "/api/nothing");
		expect([missing.status, await missing.json()]).toMatchObject([404, { code: "not_found" }]);
		expect((await ada.send("GET", "/api/posts")).headers.get("content-type")).toBe(
			"application/json",
		);
		const page = await ada.request("/nowhere");
		expect([page.status, page.headers.get("content-type")]).toEqual([
			404,
			"text/html; charset=UTF-8",
		]);
	});
});

describe("the attacks", () => {
	it("X1: another site's form writes nothing", async () => {
		const reader = await enter();
		await reader.add("Mine");
		const [link = ""] = reader.page?.links.filter((each) => /^\/notes\/[^/]+$/.test(each)) ?? [];
		for (const from of ["https://evil.example", "null"]) {
			for (const path of ["/notes", link, `${link}/delete`, "/preferences", "/api/logout"]) {
				const response = await reader.request(path, {
					method: "POST",
					headers: { "content-type": form, origin: from },
					body: "title=Theirs&content=&theme=dark&back=/",
				});
				expect([path, response.status]).toEqual([path, 403]);
			}
		}
		const page = await reader.open("/");
		expect([page.titles, page.html.includes('data-theme="dark"')]).toEqual([["Mine"], false]);
	});

	it("A1: another user's note is none", async () => {
		const ada = await signUp();
		const { id, updatedAt } = await ada.write("Mine");
		const eve = await enter();
		const posted = {
			method: "POST",
			headers: { "content-type": form, origin },
			body: `title=Theirs&content=&version=${encodeURIComponent(updatedAt)}`,
		};
		expect((await eve.open(`/notes/${id}`)).status).toBe(404);
		expect((await eve.open(`/notes/${id}`, posted)).status).toBe(404);
		await eve.open(`/notes/${id}/delete`, posted);
		expect(await ada.notes()).toMatchObject([{ title: "Mine" }]);
	});

	it("a form with fields twice, of other types or with bytes that are no text is no 500", async () => {
		const reader = await enter();
		for (const body of ["title=a&title=b", "title[]=a", "title=%ff&content=%", "", "__proto__=x"]) {
			for (const path of ["/notes", "/preferences"]) {
				const { status } = await reader.open(path, {
					method: "POST",
					headers: { "content-type": form, origin },
					body,
				});
				expect(status, body).toBeLessThan(500);
			}
		}
		const multipart = { method: "POST", body: new FormData(), headers: { origin } };
		expect((await reader.open("/notes", multipart)).status).toBe(400);
	});
});
