import { nameOf } from "@tooling/chaos/ledger";
import type { Random } from "@tooling/chaos/random";
import { Batches, Expected } from "./expected.js";
import type { Server } from "./server.js";
import { Session } from "./session.js";

/** Rows that a device keeps, about. */
const maxNotes = 30;
const keyNames = ["theme", "draft/1", "draft/2"];
const noVersion = 2 ** 40;

interface Note {
	id: string;
	label: string;
	rank: number;
}

/** What the server has: all rows, and all numbers that stand under keys. */
export interface Stored {
	notes: readonly Note[];
	keys: ReadonlyMap<string, number>;
}

/** One of a user's clients: it writes rows and keys of its own, and hears of all. */
export class Device {
	readonly name: string;
	readonly session: Session;
	/** Changes of rows as its listener was told of them, since the last look. */
	heard: string[] = [];
	readonly #rows = new Expected();
	readonly #keys = new Expected();
	readonly #batches = new Batches();
	readonly #ids = new Map<string, string>();
	readonly #random: Random;
	/** The newest value of each key that it was told. */
	readonly #told = new Map<string, unknown>();
	/** Grows with each write: no two have the same label, rank or value. */
	#writes = 0;

	constructor(name: string, email: string, server: Server, random: Random) {
		this.name = name;
		this.#random = random;
		this.session = new Session(name, email, server, random);
		const { client } = this.session;
		this.#notes.onChange(({ type, data }) => {
			this.heard.push(nameOf(type, data.id, Date.parse(data.updatedAt)));
		});
		for (const key of keyNames) {
			client.onChange(this.#key(key), (value) => this.#told.set(this.#key(key), value));
		}
	}

	get #notes() {
		return this.session.client.collection("notes");
	}

	/** Resolves once its socket is open. */
	listening(): Promise<void> {
		const { client } = this.session;
		return new Promise((resolve) => {
			if (client.status === "open") resolve();
			client.onStatus((status) => status === "open" && resolve());
		});
	}

	/** One thing after the other, some of them. */
	async act(): Promise<void> {
		for (let n = 1 + this.#random.below(5); n > 0 && !this.session.isOver; n--) await this.#step();
	}

	async #step(): Promise<void> {
		const dice = this.#random.below(100);
		const note = this.#random.pick(this.#rows.sure.filter(([label]) => this.#ids.has(label)));
		const isFull = this.#rows.sure.length > maxNotes;
		if (note && (isFull ? dice < 30 : dice < 8)) await this.#delete(note[0]);
		else if (dice < 32) await this.#create();
		else if (note && dice < 48) await this.#update(note[0]);
		else if (dice < 66) await this.#batch();
		else if (dice < 76) await this.#set();
		else if (dice < 80) await this.#unset();
		else if (dice < 86) await this.#fail();
		else if (note && dice < 99) await this.#look(...note);
		else this.session.network.drop();
	}

	async #create(): Promise<void> {
		const [label, rank] = this.#next();
		const outcome = await this.session.write(async () => {
			const { id } = await this.#notes.create({ label, rank });
			this.#ids.set(label, id);
		});
		this.#rows.wrote(label, rank, outcome);
	}

	async #update(label: string): Promise<void> {
		const [, rank] = this.#next();
		const id = this.#idOf(label);
		const outcome = await this.session.write(() => this.#notes.update(id, { rank }));
		this.#rows.wrote(label, rank, outcome);
	}

	async #delete(label: string): Promise<void> {
		const id = this.#idOf(label);
		this.#rows.wrote(label, undefined, await this.session.write(() => this.#notes.delete(id)));
	}

	/** Two rows and a key, all or nothing; the client sends it again while no answer comes. */
	async #batch(): Promise<void> {
		const [first, rank] = this.#next();
		const [second, mark] = this.#next();
		const outcome = await this.session.write(async () => {
			const [a, b] = await this.session.client.batch([
				{ op: "create", collection: "notes", data: { label: first, rank } },
				{ op: "create", collection: "notes", data: { label: second, rank } },
				{ op: "set-key", key: this.#key("mark"), value: mark },
			]);
			this.#ids.set(first, a.id).set(second, b.id);
		});
		for (const label of [first, second]) this.#rows.wrote(label, rank, outcome);
		this.#batches.wrote({ names: [first, second], mark }, outcome);
	}

	async #set(): Promise<void> {
		const key = this.#someKey();
		const [, value] = this.#next();
		const outcome = await this.session.write(() => this.session.client.set(key, value));
		this.#keys.wrote(key, value, outcome);
	}

	async #unset(): Promise<void> {
		const key = this.#someKey();
		const outcome = await this.session.write(() => this.session.client.delete(key));
		this.#keys.wrote(key, undefined, outcome);
	}

	/** Writes that are refused, of which nothing may ever be seen. */
	async #fail(): Promise<void> {
		const [label, rank] = this.#next();
		const { client } = this.session;
		const data = { label, rank };
		const refused = await this.#random.pick([
			() => this.session.write(() => this.#notes.create({ label, rank: 0.5 }), "invalid_input"),
			() => {
				const key = this.#someKey();
				return this.session.write(
					() => client.set(key, rank, { ifVersion: noVersion }),
					"conflict",
				);
			},
			() =>
				this.session.write(
					() =>
						client.batch([
							{ op: "create", collection: "notes", data },
							{ op: "update", collection: "notes", id: "nobody", patch: { rank } },
						]),
					"not_found",
				),
		])?.();
		if (refused === "done") this.session.wrong.push(`${label} was not refused`);
	}

	/** It reads what it has written. */
	async #look(label: string, rank: number): Promise<void> {
		let read: number | undefined;
		const id = this.#idOf(label);
		const outcome = await this.session.write(async () => {
			read = (await this.#notes.findById(id))?.rank;
		});
		if (outcome === "done" && read !== rank) {
			this.session.wrong.push(`${label} was read as ${read}, and must be ${rank}`);
		}
	}

	async read(): Promise<Stored> {
		const { client } = this.session;
		const keys = new Map<string, number>();
		let after: string | undefined;
		do {
			const page = await client.list({ after });
			for (const [key, value] of Object.entries(page.data)) keys.set(key, Number(value));
			after = page.next ?? undefined;
		} while (after !== undefined);
		return { notes: await this.#notes.get(), keys };
	}

	/** What is wrong with this device's part of what the server has. */
	settle({ notes, keys }: Stored): string[] {
		const own = notes.filter(({ label }) => label.startsWith(`${this.name}-`));
		const rows = new Map(own.map(({ label, rank }) => [label, rank]));
		const markKey = this.#key("mark");
		const ownKeys = new Map(
			[...keys].filter(([key]) => key.startsWith(this.#key("")) && key !== markKey),
		);
		this.#ids.clear();
		for (const { label, id } of own) this.#ids.set(label, id);
		const wrong = [
			...this.#batches.settle(rows, keys.get(markKey)),
			...this.#rows.settle(rows),
			...this.#keys.settle(ownKeys),
		];
		if (rows.size < own.length) wrong.push(`${this.name}: a row was created twice`);
		return wrong;
	}

	/** Whether it was told of the newest value of each key. */
	knows({ keys }: Stored): boolean {
		return [...this.#told].every(([key, value]) => keys.get(key) === value);
	}

	#next(): [label: string, number: number] {
		this.#writes++;
		return [`${this.name}-${this.#writes}`, this.#writes];
	}

	#key(name: string): string {
		return `${this.name}/${name}`;
	}

	#someKey(): string {
		return this.#key(this.#random.pick(keyNames) ?? "");
	}

	#idOf(label: string): string {
		return this.#ids.get(label) ?? "";
	}
}
