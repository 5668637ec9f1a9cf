import type { User } from "@userdo/client";
import { describe, expect, it } from "vitest";
import { createKeyStore } from "../src/stores/key-store.js";
import { createSessionStore } from "../src/stores/session-store.js";
import { createStore } from "../src/stores/store.js";

describe("a store", () => {
	it("listens while somebody looks, and forgets after the last one", () => {
		let tell: (value: string) => void = () => {};
		let started = 0;
		const store = createStore<string>({
			initial: "nothing",
			start(set) {
				started++;
				tell = set;
				return () => {
					started--;
				};
			},
		});
		const heard: string[] = [];
		const onChange = () => heard.push(store.getSnapshot());
		const stops = [store.subscribe(onChange), store.subscribe(onChange)];
		expect(started).toBe(1);
		tell("rows of Ann");
		tell("rows of Ann");
		expect(heard).toEqual(["rows of Ann", "rows of Ann"]);
		stops[0]?.();
		stops[0]?.();
		expect(store.getSnapshot()).toBe("rows of Ann");
		stops[1]?.();
		expect(started).toBe(0);
		expect(store.getSnapshot()).toBe("nothing");
	});
});

/** A server with one key, that answers when it is told to. */
function createServer() {
	const waiting: { answer: (value?: string) => void; refuse: (error: Error) => void }[] = [];
	const pend = <Value>() =>
		new Promise<Value>((resolve, reject) => {
			waiting.push({ answer: (value) => resolve(value as Value), refuse: reject });
		});
	let change: (value: string | undefined) => void = () => {};
	let status: (status: string) => void = () => {};
	const client = {
		get: () => pend<string | undefined>(),
		set: () => pend<number>(),
		onChange: (_key: "theme", listener: typeof change) => {
			change = listener;
			return () => {};
		},
		onStatus: (listener: typeof status) => {
			status = listener;
			return () => {};
		},
	};
	const settle = async (step: (request: (typeof waiting)[number]) => void) => {
		const request = waiting.shift();
		if (!request) throw new Error("Nothing was asked");
		step(request);
		await Promise.resolve();
		await Promise.resolve();
		await Promise.resolve();
	};
	return {
		client,
		answer: (value?: string) => settle((request) => request.answer(value)),
		refuse: () => settle((request) => request.refuse(new Error("refused"))),
		change: (value: string | undefined) => change(value),
		open: () => status("open"),
	};
}

describe("the store of a key", () => {
	it("does not show an answer that a change has overtaken", async () => {
		const { client, answer, change, open } = createServer();
		const store = createKeyStore<"theme", string>(client, "theme", "system");
		store.subscribe(() => {});
		change("dark");
		await answer("light");
		expect(store.getSnapshot()).toBe("dark");
		open();
		await answer("light");
		expect(store.getSnapshot()).toBe("light");
		change(undefined);
		expect(store.getSnapshot()).toBe("system");
	});

	it("shows what is saved at once, and what was before when it is refused", async () => {
		const { client, answer, refuse, change } = createServer();
		const store = createKeyStore<"theme", string>(client, "theme", "system");
		store.subscribe(() => {});
		await answer("light");

		const saved = store.save("dark").catch((error: Error) => error.message);
		expect(store.getSnapshot()).toBe("dark");
		await refuse();
		expect(await saved).toBe("refused");
		expect(store.getSnapshot()).toBe("light");

		const overtaken = store.save("dark").catch((error: Error) => error.message);
		change("system");
		await refuse();
		await overtaken;
		expect(store.getSnapshot()).toBe("system");
	});
});

describe("the store of the session", () => {
	it("takes a user whom the client has known before", async () => {
		const user = { id: "1", email: "ann@example.com" } as User;
		const store = createSessionStore({
			me: async () => user,
			onAuthStateChanged: () => () => {},
		});
		const known = new Promise<void>((resolve) => {
			const stop = store.subscribe(() => {
				resolve();
				queueMicrotask(stop);
			});
		});
		expect(store.getSnapshot()).toEqual({ state: "unknown" });
		await known;
		expect(store.getSnapshot()).toEqual({ state: "user", user });
	});

	it("signs nobody out for an outage", async () => {
		const store = createSessionStore({
			me: () => Promise.reject(new Error("no network")),
			onAuthStateChanged: () => () => {},
		});
		await new Promise<void>((resolve) => {
			const stop = store.subscribe(() => {
				expect(store.getSnapshot()).toEqual({ state: "unreachable" });
				stop();
				resolve();
			});
		});
	});
});
