import { exports } from "cloudflare:workers";
import type { Expense, MonthOfExpenses } from "../src/expense.js";

const origin = "https://spending.example";

/** Somebody who has just signed up, with a browser that keeps the session. */
export class Visitor {
	readonly email = `${crypto.randomUUID()}@example.com`;
	// Of its own, or all visitors would be limited as one.
	readonly #address = `10.${crypto.getRandomValues(new Uint8Array(3)).join(".")}`;
	#cookie = "";

	static async signUp(): Promise<Visitor> {
		const visitor = new Visitor();
		const { email } = visitor;
		const response = await visitor.send("POST", "/api/signup", {
			email,
			password: "correct horse",
		});
		const cookies = response.headers.getSetCookie();
		visitor.#cookie = cookies.map((cookie) => cookie.split(";")[0]).join("; ");
		return visitor;
	}

	send(method: string, path: string, body?: unknown): Promise<Response> {
		const headers = {
			origin,
			cookie: this.#cookie,
			"cf-connecting-ip": this.#address,
			"content-type": "application/json",
		};
		const text = typeof body === "string" ? body : JSON.stringify(body);
		return exports.default.fetch(new URL(path, origin), {
			method,
			headers,
			...(body !== undefined && { body: text }),
		});
	}

	async month(month: string): Promise<MonthOfExpenses> {
		const response = await this.send("GET", `/api/months/${month}`);
		if (!response.ok) throw new Error(await response.text());
		return response.json();
	}

	put(expense: Partial<Record<keyof Expense, unknown>>): Promise<Response> {
		return this.send("PUT", "/api/expenses", expense);
	}
}

export const coffee = (changes: Partial<Expense> = {}): Expense => ({
	id: crypto.randomUUID(),
	what: "Coffee",
	cents: 350,
	category: "Food",
	spentOn: "2026-03-14",
	...changes,
});
