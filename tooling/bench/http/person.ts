import { hits, makePost } from "../tables/worker/posts.ts";
import type { Client, HttpAnswer, HttpRequest } from "./client.ts";

export const password = "correct horse battery";

/** Somebody with an account and a session. */
export interface Person {
	email: string;
	/** The headers of a request of theirs. */
	headers: { cookie: string };
}

let requests = 0;

/** An address that nobody else has, since sign-ins are limited by address. */
export function newAddress(): Record<string, string> {
	requests++;
	const [a, b, c] = [requests >> 16, (requests >> 8) & 255, requests & 255];
	return { "cf-connecting-ip": `10.${a}.${b}.${c}` };
}

/** @throws Error where it is refused */
export async function signUp(client: Client, email: string, prefix = ""): Promise<Person> {
	const request: HttpRequest = {
		method: "POST",
		path: `${prefix}/api/signup`,
		headers: newAddress(),
		body: { email, password },
	};
	const answer = await client.send(request);
	if (answer.status !== 200) throw new Error(`A sign-up was answered with ${answer.text}`);
	return { email, headers: { cookie: readCookies(answer) } };
}

/** The cookies of an answer, as a request sends them back. */
export function readCookies({ headers }: HttpAnswer): string {
	const cookies = [headers["set-cookie"] ?? []].flat();
	return cookies.map((cookie) => cookie.split(";")[0]).join("; ");
}

const step = 1000;

/** Does what only a bench asks for. */
export function prepare(client: Client, { headers }: Person, action: string, body: object = {}) {
	return client.succeed({ method: "POST", path: `/bench/${action}`, headers, body });
}

/** Gives somebody so many posts. */
export async function addPosts(client: Client, person: Person, rows: number): Promise<void> {
	for (let from = 0; from < rows; from += step) {
		const length = Math.min(step, rows - from);
		const posts = Array.from({ length }, (_, i) => makePost(from + i, rows));
		await prepare(client, person, "posts", { rows: posts });
	}
}

export async function setPreferences(client: Client, { headers }: Person): Promise<void> {
	const body = { key: "preferences", value: { theme: "dark", fontSize: 12 } };
	await client.succeed({ method: "POST", path: "/data", headers, body });
}

/** Somebody with so many posts, and a key. */
export async function addPerson(client: Client, rows: number): Promise<Person> {
	const person = await signUp(client, `${crypto.randomUUID()}@example.com`);
	await addPosts(client, person, rows);
	await setPreferences(client, person);
	return person;
}

export type ToRequest = (i: number) => HttpRequest;

/** What is asked of the first 20 of all posts. */
export const list = "/api/posts?orderBy=score&limit=20";

/** What somebody with so many posts asks for, by case. */
export function toRequests({ headers }: Person, rows: number): Record<string, ToRequest> {
	const get = (path: string): HttpRequest => ({ method: "GET", path, headers });
	const post = (path: string, body: object): HttpRequest => ({
		...get(path),
		method: "POST",
		body,
	});
	const categories = Math.max(1, Math.floor(rows / hits));
	return {
		me: () => get("/api/me"),
		get: () => get("/data?key=preferences"),
		set: (i) => post("/data", { key: "preferences", value: { theme: "dark", fontSize: i } }),
		// Its score is beyond those that are listed.
		create: (i) => post("/api/posts", { ...makePost(i, rows), score: rows + i }),
		list: () => get(list),
		method: (i) => get(`/api/count?category=category-${i % categories}`),
	};
}
