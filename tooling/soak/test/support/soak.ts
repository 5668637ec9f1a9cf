import { setTimeout } from "node:timers/promises";
import { Random } from "@tooling/chaos/random";
import { Person, rest } from "./person.js";
import { Server } from "./server.js";

/** Looks at so many people at a time. */
const looks = 8;
/** The first of so many times without a kill is long enough for people to rest in it. */
const calmer = 3;

/** Many users of one server, which is killed again and again. */
export class Soak implements AsyncDisposable {
	readonly #people: readonly Person[];
	readonly #random: Random;
	readonly #server: Server;

	private constructor(server: Server, users: number, seed: number) {
		this.#server = server;
		this.#random = new Random(seed);
		this.#people = Array.from(
			{ length: users },
			(_, n) => new Person(`u${n}`, server, seed + 3 * n + 1),
		);
	}

	static async start(users: number, seed: number): Promise<Soak> {
		const soak = new Soak(await Server.start(), users, seed);
		await soak.#each((person) => person.start());
		return soak;
	}

	/** Kills the server in the middle of writes until the time is over, and looks each time. */
	async rage(milliseconds: number): Promise<void> {
		const end = Date.now() + milliseconds;
		while (Date.now() < end && this.#isWell) {
			this.#server.losesAnswers = true;
			const stretch = new AbortController();
			const lives = this.#people.map((person) => person.live(stretch.signal));
			const isLong = this.#server.kills % calmer === 0;
			await setTimeout(isLong ? rest + 3_000 : 500 + this.#random.below(4_500));
			this.#server.evictions += await this.#server.read<number>("evictions");
			await this.#moment();
			await this.#server.kill();
			await this.#server.restart();
			stretch.abort();
			await Promise.all(lives);
			this.#server.losesAnswers = false;
			await this.#each((person) => person.check());
		}
	}

	/** While writes are under way; or just when one was answered, which must be kept by then. */
	async #moment(): Promise<void> {
		if (this.#random.chance(0.6)) await this.#server.next("answered");
		else {
			await this.#server.next("sent");
			await setTimeout(this.#random.below(10));
		}
	}

	/** Waits until everybody has heard of everything, and gives those who do not. */
	async settle(): Promise<string[]> {
		const deaf: string[] = [];
		await this.#each(async (person) => {
			if (!(await person.settle())) deaf.push(person.name);
		});
		return deaf;
	}

	/** Whether it makes sense to go on. */
	get #isWell(): boolean {
		const { gaps, doubles } = this.counts;
		return this.wrong.length + gaps + doubles === 0;
	}

	get wrong(): string[] {
		return this.#people.flatMap(({ wrong, devices }) => [
			...wrong,
			...devices.flatMap(({ session }) => session.wrong),
		]);
	}

	/** What there was of everything. */
	get counts() {
		const sessions = this.#people.flatMap(({ devices }) => devices.map(({ session }) => session));
		const sum = <T>(list: readonly T[], of: (item: T) => number) =>
			list.reduce((total, item) => total + of(item), 0);
		return {
			users: this.#people.length,
			sockets: sessions.length,
			acknowledged: sum(sessions, ({ outcomes }) => outcomes.done),
			refused: sum(sessions, ({ outcomes }) => outcomes.refused),
			unanswered: sum(sessions, ({ outcomes }) => outcomes.unknown),
			kills: this.#server.kills,
			broken: sum(sessions, ({ network }) => network.broken),
			lost: sum(sessions, ({ network }) => network.lost),
			evictions: this.#server.evictions,
			refreshes: sum(sessions, ({ network }) => network.refreshes),
			ended: sum(sessions, ({ ended }) => ended),
			late: sum(sessions, ({ late }) => late),
			changes: sum(sessions, ({ network }) => network.watch.changes),
			resyncs: sum(sessions, ({ network }) => network.watch.resyncs),
			gaps:
				sum(sessions, ({ network }) => network.watch.gaps) +
				sum(this.#people, ({ heard }) => heard.gaps),
			doubles:
				sum(sessions, ({ network }) => network.watch.doubles) +
				sum(this.#people, ({ heard }) => heard.doubles),
		};
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const person of this.#people) person.stop();
		await this.#server[Symbol.asyncDispose]();
	}

	async #each(run: (person: Person) => Promise<void>): Promise<void> {
		const queue = this.#people.values();
		const worker = async () => {
			for (const person of queue) await run(person);
		};
		await Promise.all(Array.from({ length: looks }, worker));
	}
}
