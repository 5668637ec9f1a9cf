import { setTimeout } from "node:timers/promises";
import { type LedgerEntry, nameOf } from "@tooling/chaos/ledger";
import { Random } from "@tooling/chaos/random";
import { Device } from "./device.js";
import { Heard } from "./heard.js";
import type { Server } from "./server.js";

/** More than the ten seconds after which workerd evicts an object that nobody calls. Milliseconds. */
export const rest = 11_000;
/** How long a change may take to everybody once all goes well. */
const patience = 60_000;

/** A user with two devices. */
export class Person {
	readonly name: string;
	readonly devices: readonly [Device, Device];
	readonly wrong: string[] = [];
	readonly heard = new Heard();
	readonly #email = `${crypto.randomUUID()}@example.com`;
	readonly #random: Random;
	readonly #server: Server;

	constructor(name: string, server: Server, seed: number) {
		this.name = name;
		this.#server = server;
		this.#random = new Random(seed);
		const device = (n: number) =>
			new Device(`${name}.${n}`, this.#email, server, new Random(seed + n));
		this.devices = [device(1), device(2)];
	}

	async start(): Promise<void> {
		await this.devices[0].session.signUp();
		await this.devices[1].session.signIn();
		await Promise.all(this.devices.map((device) => device.listening()));
	}

	/** Does this and that until it is told to stop, and ends what it is at. */
	async live(signal: AbortSignal): Promise<void> {
		const sleep = (milliseconds: number) =>
			setTimeout(milliseconds, undefined, { signal }).catch(() => {});
		if (this.#random.chance(0.2)) await sleep(rest);
		while (!signal.aborted) {
			await Promise.all(this.devices.map(({ session }) => session.signIn()));
			const dice = this.#random.below(100);
			const [first, second] = this.devices;
			if (dice < 4) await first.session.signOutOther(second.session);
			else if (dice < 8) await second.session.signOut();
			else await Promise.all(this.devices.map((device) => device.act()));
			await sleep(this.#random.below(250));
		}
	}

	/** Looks at all that must be true now, while nobody of this user writes. */
	async check(): Promise<void> {
		for (const { session } of this.devices) await session.check();
		const reader = await this.#reader();
		const heard = this.devices.map((device) => device.heard.splice(0));
		const stored = await reader.read();
		for (const device of this.devices) this.wrong.push(...device.settle(stored));
		const names = this.devices.map(({ name }) => `${name}-`);
		for (const { label } of stored.notes) {
			if (!names.some((name) => label.startsWith(name))) this.wrong.push(`${label} is nobody's`);
		}
		await this.#readLog();
		for (const [n, changes] of heard.entries()) this.heard.compare(n, changes);
	}

	/** Whether both devices hear of everything in the end. */
	async settle(): Promise<boolean> {
		for (const device of this.devices) {
			// A socket that waits for its next try comes back at once when somebody signs in.
			await device.session.signOut();
			await device.session.signIn();
			await device.listening();
		}
		const isCalm = async () => {
			await this.check();
			const stored = await this.devices[0].read();
			return this.heard.isComplete && this.devices.every((device) => device.knows(stored));
		};
		const end = Date.now() + patience;
		while (!(await isCalm())) {
			if (Date.now() > end) return false;
			await setTimeout(100);
		}
		return true;
	}

	stop(): void {
		for (const { session } of this.devices) session.client.close();
	}

	async #reader(): Promise<Device> {
		const [first, second] = this.devices;
		if (!first.session.isOver) return first;
		await second.session.signIn();
		return second;
	}

	async #readLog(): Promise<void> {
		const email = encodeURIComponent(this.#email);
		const log = await this.#server.read<LedgerEntry[]>(
			`log?email=${email}&after=${this.heard.overlap}`,
		);
		this.wrong.push(
			...this.heard.add(
				log.map(({ seq, event, op, key, updatedAt }) => ({
					seq,
					isNote: event === "table:notes",
					name: nameOf(op, key, Number(updatedAt)),
				})),
			),
		);
	}
}
