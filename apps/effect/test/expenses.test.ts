import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectName } from "userdo";
import { describe, expect, test } from "vitest";
import { coffee, Visitor } from "./visitor.js";

test("a month has its expenses, the newest first, and its sums", async () => {
	const ada = await Visitor.signUp();
	const firstId = "00000000-0000-4000-8000-000000000000";
	const expenses = [
		coffee(),
		coffee({ what: "Train", category: "Travel", cents: 4_200, spentOn: "2026-03-02" }),
		coffee({ what: "Bread", cents: 420, spentOn: "2026-03-31" }),
		coffee({ what: "Before", spentOn: "2026-02-28" }),
		// By its id it would be the last of its day.
		coffee({ id: firstId, what: "Milk", cents: 80, spentOn: "2026-03-31" }),
	];
	for (const expense of expenses) {
		const response = await ada.put(expense);
		expect(await response.json()).toMatchObject({ expense });
	}
	const march = await ada.month("2026-03");
	expect(march).toMatchObject({
		month: "2026-03",
		total: 5_050,
		byCategory: [
			{ category: "Travel", cents: 4_200 },
			{ category: "Food", cents: 850 },
		],
	});
	expect(march.expenses.map(({ what }) => what)).toEqual(["Milk", "Bread", "Coffee", "Train"]);
	expect(await ada.month("2026-04")).toMatchObject({ expenses: [], total: 0, byCategory: [] });
});

test("an expense that is sent twice is there once, and may have been changed", async () => {
	const ada = await Visitor.signUp();
	const expense = coffee();
	await Promise.all([ada.put(expense), ada.put(expense), ada.put(expense)]);
	expect((await ada.month("2026-03")).total).toBe(350);
	await ada.put({ ...expense, cents: 400 });
	expect((await ada.month("2026-03")).total).toBe(400);
});

test("what is deleted is gone, and stays so", async () => {
	const ada = await Visitor.signUp();
	const expense = coffee();
	await ada.put(expense);
	const first = await ada.send("DELETE", `/api/expenses/${expense.id}`);
	expect(await first.json()).toEqual({ ok: true, deleted: true });
	const second = await ada.send("DELETE", `/api/expenses/${expense.id}`);
	expect(await second.json()).toEqual({ ok: true, deleted: false });
	expect((await ada.month("2026-03")).expenses).toEqual([]);
});

test("many people at once each have their own", async () => {
	const people = await Promise.all(Array.from({ length: 4 }, () => Visitor.signUp()));
	await Promise.all(
		people.flatMap((visitor, index) =>
			Array.from({ length: 8 }, () => visitor.put(coffee({ cents: index + 1 }))),
		),
	);
	const totals = await Promise.all(people.map((visitor) => visitor.month("2026-03")));
	expect(totals.map(({ total }) => total)).toEqual([8, 16, 24, 32]);
});

test("a stranger is refused on every route, like on those of the library", async () => {
	const stranger = new Visitor();
	const refusals = await Promise.all([
		stranger.send("GET", "/api/me"),
		stranger.send("GET", "/api/months/2026-03"),
		stranger.put(coffee()),
		stranger.send("DELETE", `/api/expenses/${coffee().id}`),
	]);
	const bodies = await Promise.all(refusals.map((response) => response.json()));
	expect(refusals.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
	expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
});

describe("what is not valid is refused beside its field, and never told back", () => {
	const secret = "my secret";
	test.each([
		["id", { id: secret }],
		["id", { id: undefined }],
		["what", { what: "   " }],
		["what", { what: secret.repeat(10) }],
		["what", { what: 7 }],
		["cents", { cents: 0 }],
		["cents", { cents: 1.5 }],
		["cents", { cents: 1e12 }],
		["cents", { cents: secret }],
		["category", { category: secret }],
		["spentOn", { spentOn: secret }],
		["spentOn", { spentOn: "2026-02-30" }],
		["spentOn", { spentOn: "2999-01-01" }],
	])("%s %o", async (path, changes) => {
		const ada = await Visitor.signUp();
		const response = await ada.put({ ...coffee(), ...changes });
		const text = await response.clone().text();
		const { code, issues } = await response.json<{ code: string; issues: { path: string }[] }>();
		expect([response.status, code]).toEqual([400, "invalid_input"]);
		expect(issues.map((issue) => issue.path)).toEqual([path]);
		expect(text).not.toContain(secret);
	});

	test("several fields at once", async () => {
		const ada = await Visitor.signUp();
		const response = await ada.put({ ...coffee(), what: "", cents: -1 });
		const { issues } = await response.json<{ issues: object[] }>();
		expect(issues).toEqual([
			{ path: "what", message: "Say what it was." },
			{ path: "cents", message: "An amount is between 0.01 and 1,000,000." },
		]);
	});

	test.each(["2026-13", "2026", secret])("the month %s", async (month) => {
		const ada = await Visitor.signUp();
		const response = await ada.send("GET", `/api/months/${month}`);
		expect([response.status, await response.json()]).toMatchObject([
			400,
			{
				code: "invalid_input",
				issues: [{ path: "", message: "A month is written like 2026-11." }],
			},
		]);
	});

	test("no JSON, and too much of it", async () => {
		const ada = await Visitor.signUp();
		const broken = await ada.send("PUT", "/api/expenses", "{ no");
		expect([broken.status, await broken.json()]).toMatchObject([400, { code: "invalid_json" }]);
		const large = await ada.put({ ...coffee(), what: "x".repeat(20_000) });
		expect([large.status, await large.json()]).toMatchObject([413, { code: "payload_too_large" }]);
	});
});

test("a full month takes changes and no more, by a failure that comes from the object", async () => {
	const ada = await Visitor.signUp();
	const first = coffee();
	await ada.put(first);
	const stub = env.SPENDING_DO.getByName(objectName(ada.email));
	await runInDurableObject(stub, ({ expenses }) => {
		expenses.createMany(Array.from({ length: 499 }, () => coffee()));
	});
	const response = await ada.put(coffee());
	expect([response.status, await response.json()]).toEqual([
		409,
		{ code: "conflict", error: "A month holds 500 expenses, and this one is full." },
	]);
	expect((await ada.put({ ...first, cents: 1 })).status).toBe(200);
	expect((await ada.put(coffee({ spentOn: "2026-04-01" }))).status).toBe(200);
});
