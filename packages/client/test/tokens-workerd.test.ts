import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { UserDOClient } from "../src/index.js";
import { type TokenStorage, withTokens } from "../src/tokens.js";
import { TestWorker } from "./support/worker.js";

let worker: TestWorker;

beforeAll(async () => {
	worker = await TestWorker.start();
});

afterAll(() => worker?.stop());

class Storage implements TokenStorage {
	text: string | null = null;
	get = () => this.text;
	set = (text: string | null) => {
		this.text = text;
	};

	/** Makes the access token one that has expired, or any other that nobody believes. */
	expire(): void {
		const { refreshToken } = JSON.parse(this.text ?? "");
		this.text = JSON.stringify({ token: "expired", refreshToken });
	}
}

/** A program without cookies. */
function open(storage: Storage): UserDOClient {
	const client = new UserDOClient(`${worker.origin}/api`, withTokens(storage));
	onTestFinished(() => client.close());
	return client;
}

const newEmail = () => `${crypto.randomUUID()}@example.com`;

/** Listens to a key; resolves once the socket is open, with the promise of the next value in it. */
async function listen(client: UserDOClient, key: string) {
	const opened = new Promise<void>((resolve) => {
		client.onStatus((status) => status === "open" && resolve());
	});
	const next = new Promise((resolve) => client.onChange(key, resolve));
	await opened;
	return { next };
}

test("a program without cookies signs up, writes, and hears of changes", async () => {
	const storage = new Storage();
	const client = open(storage);
	const email = newEmail();
	const { user } = await client.signup(email, "correct horse");
	expect(user.email).toBe(email);
	const { next } = await listen(client, "k");
	await client.set("k", { theme: "dark" });
	expect(await next).toEqual({ theme: "dark" });
	const post = await client.collection("posts").create({ title: "Hello" });
	expect(post).toMatchObject({ title: "Hello" });
});

test("it is signed in again by what it has stored, and by nothing else", async () => {
	const storage = new Storage();
	const email = newEmail();
	await open(storage).signup(email, "correct horse");
	expect(await open(storage).me()).toMatchObject({ email });
	expect(await open(new Storage()).me()).toBeUndefined();
});

test("an expired token is renewed without anybody noticing, for requests and sockets", async () => {
	const storage = new Storage();
	const client = open(storage);
	await client.signup(newEmail(), "correct horse");
	const before = storage.text;
	storage.expire();
	const { next } = await listen(client, "k");
	expect(storage.text).not.toBe(before);
	storage.expire();
	await Promise.all([client.set("k", 1), client.me(), client.get("other")]);
	expect(await next).toBe(1);
	expect(client.user).toBeDefined();
});

test("a changed password goes on under the new tokens, and ends other sessions", async () => {
	const [storage, others] = [new Storage(), new Storage()];
	const [client, other] = [open(storage), open(others)];
	const email = newEmail();
	await client.signup(email, "correct horse");
	await other.login(email, "correct horse");
	await client.changePassword("correct horse", "battery staple");
	await client.set("k", 1);
	expect(await client.get("k")).toBe(1);
	expect(await other.me()).toBeUndefined();
	expect(others.text).toBeNull();
});

test("a logout ends the session on the server as well, by an expired token too", async () => {
	const storage = new Storage();
	const client = open(storage);
	await client.signup(newEmail(), "correct horse");
	const stolen = new Storage();
	stolen.text = storage.text;
	storage.expire();
	await client.logout();
	expect(storage.text).toBeNull();
	expect(client.user).toBeUndefined();
	expect(await open(stolen).me()).toBeUndefined();
});

test("a session that is ended from elsewhere is a sign-out, and closes the socket", async () => {
	const [storage, others] = [new Storage(), new Storage()];
	const [client, other] = [open(storage), open(others)];
	const email = newEmail();
	await client.signup(email, "correct horse");
	await other.login(email, "correct horse");
	await listen(client, "k");
	const out = new Promise((resolve) => client.onAuthStateChanged(resolve));
	await other.revokeOtherSessions();
	expect(await out).toBeUndefined();
	expect(client.status).toBe("idle");
	expect(storage.text).toBeNull();
});
