import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { costOf, priceOf, usageOf } from "../costs/month.ts";
import { costsPage } from "../costs/page.ts";
import { type Operation, type Work, work } from "../costs/work.ts";
import { Client, type HttpRequest } from "../http/client.ts";
import { countWork, toLogins } from "../http/own-app.ts";
import { startOwnServer } from "../http/own-server.ts";
import { addPerson, newAddress, password, toRequests } from "../http/person.ts";
import { socketOf } from "../http/sockets.ts";

describe("the costs", () => {
	it("are those of what the app does, also in larger tables", async () => {
		await using server = await startOwnServer("ours");
		const client = new Client(server.url, 1);
		for (const rows of [1000, 3000]) {
			const person = await addPerson(client, rows);
			const { login } = toLogins(person, person);
			const requests: Partial<Record<string, (i: number) => HttpRequest>> = {
				...toRequests(person, rows),
				// A hash costs no rows: the one that costs nothing will do.
				login: (i) => ({ ...login?.(i), path: "/api/login" }) as HttpRequest,
				connect: () => ({
					method: "GET",
					path: "/api/ws",
					headers: socketOf(server.url, person).headers,
				}),
				signup: () => ({
					method: "POST",
					path: "/api/signup",
					headers: newAddress(),
					body: { email: `${crypto.randomUUID()}@example.com`, password },
				}),
			};
			const counted: Partial<Record<Operation, Work>> = {};
			for (const name of Object.keys(work) as Operation[]) {
				const request = requests[name];
				if (request === undefined) throw new Error(`Nobody asks for ${name}.`);
				const once = await countWork(client, request(7));
				const again = await countWork(client, request(8));
				// One write in ten or so looks whether the log is to be pruned.
				counted[name] = once.read < again.read ? once : again;
			}
			expect(counted).toEqual(work);
		}
		await client.close();
	});

	it("are nothing but the subscription where all is included", () => {
		const day = { me: 10, create: 2 };
		const usage = usageOf(10, { day, busy: 10, processor: 1, stored: 1e6 });
		expect(usage).toEqual({
			workerRequests: 3600,
			workerProcessor: 3600,
			objectRequests: 3600,
			objectDuration: 4.608,
			rowsRead: 10 * 30 * (10 * work.me.read + 2 * work.create.read),
			rowsWritten: 10 * 30 * 2 * work.create.written,
			stored: 0.01,
		});
		expect(costOf(usage).total).toBe(5);
	});

	it("are the prices of what is beyond", () => {
		const { parts, total } = costOf({
			workerRequests: 11e6,
			workerProcessor: 31e6,
			objectRequests: 2e6,
			objectDuration: 1.4e6,
			rowsRead: 26e9,
			rowsWritten: 51e6,
			stored: 6,
		});
		expect(parts).toEqual({
			workerRequests: 0.3,
			workerProcessor: 0.02,
			objectRequests: 0.15,
			objectDuration: 12.5,
			rowsRead: 1,
			rowsWritten: 1,
			stored: 0.2,
		});
		expect(total).toBeCloseTo(20.17);
	});

	it("grow with users and with nothing else", () => {
		const assumptions = { day: { list: 20, set: 3 }, busy: 5, processor: 2, stored: 1e6 };
		const [one, many] = [usageOf(1, assumptions), usageOf(1000, assumptions)];
		for (const [name, used] of Object.entries(one)) {
			expect(many[name as keyof typeof many]).toBeCloseTo(used * 1000);
		}
	});

	it("of a million calls are those of their requests, rows and time", () => {
		const nothing = { busy: 0, processor: 0 };
		expect(priceOf("me", nothing)).toBeCloseTo(0.3 + 0.15 + work.me.read * 0.001);
		expect(priceOf("create", nothing) - priceOf("me", nothing)).toBeCloseTo(
			work.create.written + (work.create.read - work.me.read) * 0.001,
		);
		expect(priceOf("me", { busy: 8, processor: 5 }) - priceOf("me", nothing)).toBeCloseTo(
			1e6 * 0.008 * 0.128 * 12.5e-6 + 5 * 0.02,
		);
	});

	it("stand in the docs as they are", () => {
		const page = readFileSync(new URL("../../../docs/costs.md", import.meta.url), "utf8");
		expect(page).toBe(costsPage());
	});
});
