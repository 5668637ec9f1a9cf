import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { objectName } from "@userdo/core/identity";
import { type LedgerEntry, nameOf } from "./ledger.js";
import { keyNames, Participant, viewNames } from "./participant.js";
import { Random } from "./random.js";

const participants = 4;

/** Several clients of one user, and all that can go wrong between them and the user's object. */
export class Storm {
	readonly people: Participant[];
	/** Every change that ever was, as the object's log had it. */
	readonly ledger: LedgerEntry[] = [];
	readonly counts: Record<string, number> = {};
	readonly #email = `${crypto.randomUUID()}@example.com`;
	readonly #random: Random;
	readonly #writes: Promise<void>[] = [];

	constructor(seed: number) {
		this.#random = new Random(seed);
		this.people = Array.from(
			{ length: participants },
			(_, n) => new Participant(`p${n}`, new Random(seed + n + 1)),
		);
	}

	async start(): Promise<void> {
		for (const [n, person] of this.people.entries()) {
			await person.signIn(this.#email, n === 0 ? "signup" : "login");
		}
	}

	/** All at once, for that long. */
	async rage(milliseconds: number): Promise<void> {
		const start = Date.now();
		const overflows = [0.35, 0.7];
		for (;;) {
			const past = (Date.now() - start) / milliseconds;
			if (past >= 1) break;
			if (past > (overflows[0] ?? 1)) {
				overflows.shift();
				await this.#overflow();
			}
			await this.#step();
			await new Promise((resolve) => setTimeout(resolve, this.#random.below(20)));
		}
	}

	/** Everybody is online again, nothing fails any more, and all writes have ended. */
	async settle(): Promise<void> {
		for (const { network } of this.people) network.heal();
		await Promise.all(this.#writes);
		// Wakes whoever waits for the next try, as a browser does that is online again.
		globalThis.dispatchEvent(new Event("online") as never);
		const [first] = this.people;
		for (const key of keyNames) await first?.set(key, "the end");
		await this.#read();
	}

	/** Writes the log down; it is pruned while the storm goes on. */
	async #read(): Promise<void> {
		this.ledger.push(...(await this.#object.readLog(this.#newest)));
	}

	get #newest(): number {
		return this.ledger.at(-1)?.seq ?? 0;
	}

	get #object() {
		return env.USERDO.getByName(objectName(this.#email));
	}

	/** While somebody is away, more happens than the log keeps. */
	async #overflow(): Promise<void> {
		const person = this.#random.pick(this.people);
		person?.network.goOffline();
		this.ledger.push(...(await this.#object.overflow(this.#newest)));
		person?.network.goOnline();
		this.#count("overflow");
	}

	async #step(): Promise<void> {
		const random = this.#random;
		const person = random.pick(this.people) as Participant;
		const other = random.pick(this.people)?.created;
		const note = random.pick(other ?? []);
		const rank = random.below(40);
		const dice = random.below(100);
		if (dice < 25) this.#write("create", person.create(rank));
		else if (dice < 50 && note) {
			const patch = random.chance(0.5) ? { rank } : { done: random.chance(0.5) };
			this.#write("update", person.update(note.id, patch));
		} else if (dice < 58 && note) this.#write("delete", person.delete(note.id));
		else if (dice < 68) this.#write("batch", person.batch(rank));
		else if (dice < 74) this.#write("set", person.set(random.pick(keyNames) ?? "", rank));
		else if (dice < 80) await this.#happen("touch", () => this.#object.touch(rank));
		else if (dice < 87) await this.#happen("drop", async () => person.network.drop());
		else if (dice < 90) await this.#happen("kick", () => this.#object.kick());
		else if (dice < 94) await this.#happen("hibernate", () => this.#evict("hibernate"));
		else if (dice < 96) await this.#happen("evict", () => this.#evict("close"));
		else if (dice < 98) await this.#happen("offline", async () => person.network.goOffline());
		else for (const { network } of this.people) network.goOnline();
		if (random.chance(0.05)) await this.#read();
	}

	#write(what: string, write: Promise<void>): void {
		this.#count(what);
		this.#writes.push(write);
	}

	async #happen(what: string, run: () => Promise<void>): Promise<void> {
		this.#count(what);
		await run();
	}

	async #evict(webSockets: "hibernate" | "close"): Promise<void> {
		await evictDurableObject(this.#object, { webSockets }).catch((error: Error) => {
			// Evicted a moment ago, and nobody has called it since.
			if (!/not currently running/.test(error.message)) throw error;
		});
	}

	#count(what: string): void {
		this.counts[what] = (this.counts[what] ?? 0) + 1;
	}

	/** The changes of notes after that `seq`, as a listener would hear of them. */
	told(after: number): string[] {
		return this.ledger
			.filter(({ seq, event }) => seq > after && event === "table:notes")
			.map(({ op, key, updatedAt }) => nameOf(op, key, Number(updatedAt)));
	}

	/** Whether everybody shows what the server says, and has heard the last word on each key. */
	async isCalm(): Promise<boolean> {
		for (const person of this.people) {
			if (!keyNames.every((key) => person.values.get(key) === "the end")) return false;
			for (const view of viewNames) {
				const asked = await person.ask(view);
				if (JSON.stringify(asked) !== JSON.stringify(person.shown.get(view))) return false;
			}
		}
		return true;
	}

	stop(): void {
		for (const person of this.people) person.stop();
	}
}
