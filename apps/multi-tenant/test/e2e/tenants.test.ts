import { devices } from "@tooling/dev";
import { beforeAll, describe, expect, it } from "vitest";
import { enter, live, newEmail, noteTexts, tenants, useTenants, write } from "./fixture.js";

const app = useTenants();
const { acme, lemon } = tenants;

beforeAll(async () => {
	for (const tenant of Object.values(tenants)) {
		expect((await app.addTenant(tenant)).status).toBe(201);
	}
});

it("keeps one email's notes at each tenant's host, live in all windows of that host", async () => {
	const email = newEmail();
	// One browser: its cookies are of one host each.
	const { context, page } = await app.openTenant(acme.slug);
	await enter(page, email, "Create an account");
	await live(page).waitFor();
	expect(await page.title()).toBe(acme.name);
	await write(page, "Of Acme");

	const other = await app.openWindow(context, app.hostOf(lemon.slug));
	await other.getByRole("heading", { name: "Sign in" }).waitFor();
	expect(await other.title()).toBe(lemon.name);
	await enter(other, email, "Create an account");
	await live(other).waitFor();
	expect(await noteTexts(other)).toEqual([]);
	await write(other, "Of Lemon");

	const second = await app.openWindow(context);
	await expect.poll(() => noteTexts(second)).toEqual(["Of Acme"]);
	await live(second).waitFor();
	await write(second, "Also of Acme");
	await expect.poll(() => noteTexts(page)).toEqual(["Also of Acme", "Of Acme"]);
	await second.getByRole("button", { name: "Delete Of Acme" }).click();
	await expect.poll(() => noteTexts(page)).toEqual(["Also of Acme"]);
	expect(await noteTexts(other)).toEqual(["Of Lemon"]);

	for (const { domain, httpOnly } of await context.cookies()) {
		// With a dot in front it would go to the hosts below as well.
		expect([`${acme.slug}.localhost`, `${lemon.slug}.localhost`]).toContain(domain);
		expect(httpOnly).toBe(true);
	}
	await page.getByRole("button", { name: "Sign out" }).click();
	await second.getByRole("heading", { name: "Sign in" }).waitFor();
	expect(await live(other).isVisible()).toBe(true);
	await other.reload();
	await expect.poll(() => noteTexts(other)).toEqual(["Of Lemon"]);
});

it("lets no page of one tenant act with another's cookies", async () => {
	app.expectProblems(
		/status of 403 .* \/data$/,
		/blocked by CORS policy/,
		/net::ERR_FAILED/,
		/WebSocket connection .* failed/,
	);
	// The pages' own policy lets them connect nowhere else: here they have none.
	const { context, page } = await app.openTenant(acme.slug, { bypassCSP: true });
	await enter(page, newEmail(), "Create an account");
	await live(page).waitFor();
	const evil = await app.openWindow(context, app.hostOf(lemon.slug));
	const url = `${app.hostOf(acme.slug)}/data`;
	const answer = await evil.evaluate(async (url) => {
		const init = { method: "POST", credentials: "include", mode: "no-cors", body: "{}" } as const;
		await fetch(url, init).catch(() => {});
		const read = await fetch(url, { credentials: "include" }).catch(() => "blocked");
		const socket = new WebSocket(url.replace(/^http(.*)\/data$/, "ws$1/api/ws"));
		const opened = await new Promise((resolve) => {
			socket.onopen = () => resolve(true);
			socket.onerror = () => resolve(false);
		});
		return { read, opened };
	}, url);
	expect(answer).toEqual({ read: "blocked", opened: false });
	const { data } = await page.evaluate(async () => (await fetch("/data")).json());
	expect(data).toEqual({});
});

it("serves a tenant that was added while it runs, and nobody where there is none", async () => {
	app.expectProblems(/status of 404/);
	const { context, page } = await app.openTenant("late");
	await page.getByRole("heading", { name: "There is nobody at this address" }).waitFor();
	expect((await app.addTenant({ slug: "late", name: "Late", color: "#2f5fa8" })).status).toBe(201);
	await page.reload();
	await page.getByRole("heading", { name: "Sign in" }).waitFor();
	expect(await page.title()).toBe("Late");
	const home = await app.openWindow(context, `http://localhost:${app.app.port}/`);
	await home.getByRole("heading", { name: "Every tenant has an address" }).waitFor();
});

it("says what is wrong with what was entered", async () => {
	app.expectProblems(/status of (400|401) .* \/api\/(signup|login)$/);
	const { page } = await app.openTenant(acme.slug);
	await enter(page, newEmail(), "Sign in");
	await page.getByRole("alert").getByText("Email or password is wrong.").waitFor();
	await enter(page, "nobody", "Create an account");
	await expect.poll(() => page.getByLabel("Email").getAttribute("aria-invalid")).toBe("true");
});

const looks = devices.flatMap((device) =>
	[
		{ tenant: acme, colorScheme: "light" as const },
		{ tenant: lemon, colorScheme: "dark" as const },
		{ tenant: lemon, colorScheme: "light" as const },
	].map((look) => ({ ...device, ...look })),
);

describe.each(looks)(
	"on a $name, $colorScheme, at $tenant.slug",
	({ name, tenant, ...options }) => {
		it("looks right and keeps nobody out", async () => {
			app.expectProblems(/status of 404/, /status of 401 .* \/api\/login$/);
			const named = (view: string) => `${name}-${tenant.slug}-${options.colorScheme}-${view}`;
			const { page } = await app.openTenant(tenant.slug, options);
			await page.getByRole("heading", { name: "Sign in" }).waitFor();
			await enter(page, "ada@example.com", "Sign in");
			await page.getByRole("alert").getByText("Email or password is wrong.").waitFor();
			await app.look(page, named("1-sign-in"));

			await enter(page, `ada.${name}.${options.colorScheme}@example.com`, "Create an account");
			await live(page).waitFor();
			await app.look(page, named("2-empty"));
			await write(page, "Order more of the small screws, the ones for the hinges.");
			await write(
				page,
				"https://example.com/a-very-long-address-without-any-place-to-break-it-anywhere",
			);
			await write(page, "Call Charles:\n1. the engine\n2. the cards");
			await expect.poll(async () => (await noteTexts(page)).length).toBe(3);
			await expect.poll(() => page.locator(".note[data-pending]").count()).toBe(0);
			await app.look(page, named("3-notes"));

			await page.goto(app.hostOf("nobody"));
			await app.look(page, named("4-nobody"));
		});
	},
);
