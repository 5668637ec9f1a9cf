import { randomBytes, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { bundleWorker } from "../harness/bundle.ts";
import { median } from "../harness/statistics.ts";
import { createStopwatch } from "../harness/stopwatch.ts";
import { startWorkerd } from "../harness/workerd.ts";

/** What a difference may be at most, as a part of the whole. */
export const goal = 0.1;

interface Times {
	/** Median milliseconds of one login, from its request to its answer. */
	wall: number;
	/** Median milliseconds of the processor. */
	processor: number;
}

export interface AuthReport {
	tries: number;
	/** Somebody who has an account, by a wrong password. */
	known: Times;
	/** An address that nobody signed up with. */
	unknown: Times;
	/** Of the medians, against that of the known ones. */
	difference: { wall: number; processor: number };
	isMet: boolean;
}

/**
 * Times refused logins of people with and without an account in turn: the difference is what tells
 * an attacker who has one. Each try comes from an address of its own and concerns somebody else, so
 * that no limit and no memory of the last try gets in between.
 */
export async function runAuth(tries: number): Promise<AuthReport> {
	const code = await bundleWorker(fileURLToPath(new URL("worker/index.ts", import.meta.url)));
	await using workerd = await startWorkerd({
		code,
		objects: { USERDO: "UserDO" },
		variables: { JWT_SECRET: randomBytes(32).toString("hex") },
	});
	const measure = createStopwatch(workerd.pid);
	let requests = 0;
	const post = async (path: string, email: string, password: string): Promise<number> => {
		requests++;
		const response = await fetch(workerd.url + path, {
			method: "POST",
			headers: {
				"content-type": "application/json",
				"cf-connecting-ip": `10.${requests >> 8}.${requests & 255}.1`,
			},
			body: JSON.stringify({ email, password }),
		});
		await response.arrayBuffer();
		return response.status;
	};
	const newEmail = () => `${randomUUID()}@example.com`;
	const people = Array.from({ length: tries + 3 }, newEmail);
	for (const email of people) {
		const status = await post("/api/signup", email, "the right password");
		if (status !== 200) throw new Error(`A sign-up was answered with ${status}.`);
	}
	const login = async (email: string): Promise<Times> => {
		let wall = 0;
		const processor = await measure(async () => {
			const start = performance.now();
			const status = await post("/api/login", email, "a wrong password");
			wall = performance.now() - start;
			if (status !== 401) throw new Error(`A wrong password was answered with ${status}.`);
		});
		return { wall, processor };
	};
	const times = { known: [] as Times[], unknown: [] as Times[] };
	for (const [i, email] of people.entries()) {
		const order = i % 2 === 0 ? (["known", "unknown"] as const) : (["unknown", "known"] as const);
		for (const who of order) {
			const result = await login(who === "known" ? email : newEmail());
			// The first ones warm up.
			if (i >= people.length - tries) times[who].push(result);
		}
	}
	const [known, unknown] = [summarize(times.known), summarize(times.unknown)];
	const difference = {
		wall: Math.abs(unknown.wall / known.wall - 1),
		processor: Math.abs(unknown.processor / known.processor - 1),
	};
	const isMet = difference.wall < goal && difference.processor < goal;
	return { tries, known, unknown, difference, isMet };
}

function summarize(times: readonly Times[]): Times {
	return {
		wall: median(times.map(({ wall }) => wall)),
		processor: median(times.map(({ processor }) => processor)),
	};
}
