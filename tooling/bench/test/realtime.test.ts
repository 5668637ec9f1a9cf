import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { call } from "../harness/call.ts";
import { readArguments } from "../realtime/arguments.ts";
import { Crowd } from "../realtime/crowd.ts";
import { print } from "../realtime/print.ts";
import { quick, runRealtime } from "../realtime/run.ts";
import { signUp, startServer } from "../realtime/server.ts";
import { openSocket } from "../realtime/socket.ts";

/** A socket that keeps what it hears. */
async function listen(url: string, headers: Record<string, string>) {
	const heard: string[] = [];
	let wake = () => {};
	const onText = (text: string) => {
		heard.push(text);
		wake();
	};
	const socket = await openSocket({ url, headers, onText });
	return {
		...socket,
		heard,
		/** Waits for that many messages. */
		async wait(count: number): Promise<string[]> {
			while (heard.length < count) {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
			return heard;
		},
	};
}

describe("the bench of realtime", () => {
	it("times ours next to the work by hand", async () => {
		const results = await runRealtime(quick);
		expect(results.map(({ name, sockets }) => `${name} ${sockets}`)).toEqual([
			"fan-out 1",
			"fan-out 10",
			"reconnect 20",
		]);
		for (const { ours, byHand, calls, times } of results) {
			expect([ours.name, byHand.name]).toEqual(["ours", "by-hand"]);
			expect(calls).toBeGreaterThan(0);
			for (const name of ["ours", "by-hand"]) expect(times[name]).toHaveLength(2);
		}
		expect(results[2]?.refused).toBe(0);
		const lines = print(results).split("\n");
		expect(lines.map((line) => line.replace(/ {2,}.*/, ""))).toEqual([
			"case",
			"one change to all",
			"one change to all",
			"one of all comes back",
		]);
	});

	it("sends the same frames by hand as ours does", async () => {
		await using server = await startServer();
		const { url } = server;
		const [ours, byHand] = await Promise.all(
			["ours-a", "by-hand-a"].map(async (object) => {
				const headers = await signUp(url, object);
				const first = await listen(`${url}/${object}/ws`, headers);
				await call(url, object, "write", { start: 0, count: 2 });
				const frames = await first.wait(3);
				const { epoch } = JSON.parse(frames[0] ?? "");
				const back = await listen(`${url}/${object}/ws?since=0.0&epoch=${epoch}`, headers);
				frames.push(...(await back.wait(2)));
				first.close();
				back.close();
				return frames.map((frame) =>
					frame
						.replaceAll(/"(id|email|epoch|createdAt|updatedAt)":"[^"]+"/g, '"$1":"..."')
						.replaceAll(/"timestamp":\d+/g, '"timestamp":0'),
				);
			}),
		);
		expect(ours).toHaveLength(5);
		expect(ours).toEqual(byHand);
	});

	it("fails where somebody misses something", async () => {
		await using server = await startServer();
		const object = "by-hand-a";
		const crowd = new Crowd(3, {
			url: `${server.url}/${object}/ws`,
			headers: await signUp(server.url, object),
		});
		const write = (count: number) => call(server.url, object, "write", { start: 0, count });
		await crowd.open();
		await call(server.url, object, "kick", {});
		await crowd.lose();
		await write(101);
		// By hand no more are replayed, so the next one is not the next.
		await crowd.hear(100, () => crowd.comeBack());
		await expect(crowd.hear(1, () => write(1))).rejects.toThrow("There is a gap.");
		await crowd.close();
	});

	it("knows who was refused", async () => {
		await using server = await startServer();
		const url = `${server.url}/ours-a/ws`;
		const refused = openSocket({ url, headers: {}, onText: () => {} });
		await expect(refused).rejects.toThrow("426");
	});

	it("takes numbers of sockets, clients, rounds and storms", () => {
		const read = (text: string) => readArguments(text.split(" "));
		expect(read("--sockets 1 --sockets 20 --clients 30 --rounds 4 --storms 5 --check")).toEqual({
			sockets: [1, 20],
			fanOut: { rounds: 4, milliseconds: 20, warmUp: 12 },
			clients: 30,
			storm: { rounds: 5, warmUp: 3 },
			check: true,
		});
		expect(read("--quick")).toEqual({ ...quick, check: false });
		expect(() => read("--clients none")).toThrow("is no count");
	});
});

describe("an idle object", () => {
	it("falls asleep while it is pinged, hears no ping, and is woken by what concerns it", async () => {
		await using server = await startServer();
		const { url, directory } = server;
		const object = "ours-a";
		const { wait, send, close } = await listen(`${url}/${object}/ws`, await signUp(url, object));
		const counts = async () => (await fetch(`${url}/counts`)).json();
		// SQLite deletes it when the database is closed, as it is once the object is gone.
		const isAwake = () =>
			readdirSync(join(directory, "Ours")).some((file) => /^[0-9a-f]{64}\.sqlite-wal$/.test(file));
		let pings = 0;
		const ping = async () => {
			send("ping");
			pings += 1;
			expect((await wait(1 + pings))[pings]).toBe("pong");
			await setTimeout(100);
		};
		expect(isAwake()).toBe(true);
		while (isAwake()) await ping();
		for (let n = 0; n < 20; n += 1) {
			await ping();
			expect(isAwake()).toBe(false);
		}
		expect(await counts()).toEqual({ instances: 1, messages: 0 });

		await call(url, object, "write", { start: 0, count: 1 });
		expect((await wait(2 + pings)).at(-1)).toContain('"from":0,"to":1');
		expect(await counts()).toEqual({ instances: 2, messages: 0 });
		send("PING");
		expect((await wait(3 + pings)).at(-1)).toContain('"code":"invalid_input"');
		expect(await counts()).toEqual({ instances: 2, messages: 1 });
		close();
	});
});
