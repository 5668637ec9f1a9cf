import type { Operation } from "@userdo/contracts";
import { type Live, type LiveSnapshot, live } from "../../src/live.js";
import { FakeCollection, type FakeRow, outage, type Request, refusal } from "./fake-collection.js";

export type Row = Record<string, unknown>;

interface OwnWrite {
	op: "create" | "update" | "delete";
	fields: Row;
	isRefused: boolean;
	isSent: boolean;
}

/** What is known of a row, by the `key` that it keeps from the start. */
interface Story {
	/** As it was before this client wrote to it; undefined where this client made it. */
	seed: Row | undefined;
	own: OwnWrite[];
	/** Others have written to it, or nobody knows what became of a write: nothing can be claimed. */
	isUnclear: boolean;
}

type Frame = LiveSnapshot<unknown>;

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % (list.length || 1)];
const open = <T extends Request>(list: readonly T[]) => list.filter(({ done }) => !done);
const text = (value: unknown) => JSON.stringify(value);

/** The row as it must look, if it must be there. */
function expected({ seed, own }: Story): Row | undefined {
	let row = seed;
	for (const { op, fields, isRefused } of own) {
		if (isRefused) continue;
		if (op === "update") row = row && { ...row, ...fields };
		else row = op === "create" ? fields : undefined;
	}
	return row;
}

/** A client, its server, and somebody who looks at every state that the client shows. */
export class LiveWorld {
	readonly server = new FakeCollection();
	/** What was shown that must not be. */
	readonly problems: string[] = [];
	readonly frames = new Map<string, Frame>();
	readonly #posts = live(this.server.collection);
	readonly #stories = new Map<unknown, Story>();
	readonly #stops = new Map<string, () => void>();
	/** By id, also by the one that a row has before it has its own. */
	readonly #keys = new Map<unknown, unknown>();
	readonly #writes = new Map<Request, [Story, OwnWrite]>();
	/** Neither have others done anything, nor is the fate of any write unknown. */
	#isPure = true;
	/** Of rows to come, nothing can be claimed either. */
	#isUnclear = false;
	#made = 0;

	constructor() {
		for (let n = 0; n < 4; n++) {
			const data = { key: `k${++this.#made}`, n, done: n % 2 === 0, v: 0 };
			this.server.write({ op: "create", mutation: data.key, collection: "posts", data });
			this.#stories.set(data.key, { seed: data, own: [], isUnclear: false });
		}
		this.server.connecting();
		this.watch("all");
	}

	/** As it mostly is: all is there, and the connection is open. */
	async load(): Promise<void> {
		this.watch("few");
		this.watch("count");
		await this.turn();
		this.server.open();
		this.server.answerAll();
		await this.turn();
	}

	watch(name: string): void {
		if (this.#stops.has(name)) return;
		const queries: Record<string, () => Live<unknown>> = {
			all: () => this.#posts.orderBy("n"),
			few: () => this.#posts.where("done", "==", false).orderBy("n", "desc").limit(3),
			count: () => this.#posts.where("n", ">=", 3).count(),
		};
		const stop = queries[name]?.().subscribe((frame: Frame) => {
			this.#look(name, frame);
			this.frames.set(name, frame);
		});
		if (stop) this.#stops.set(name, stop);
	}

	unwatch(name: string): void {
		this.#stops.get(name)?.();
		this.#stops.delete(name);
		this.frames.delete(name);
	}

	create(n: number, done: boolean): void {
		const fields = { key: `k${++this.#made}`, n, done, v: 0 };
		this.#stories.set(fields.key, { seed: undefined, own: [], isUnclear: this.#isUnclear });
		this.#own(fields.key, "create", fields, () => this.#posts.create(fields));
	}

	update(at: number, patch: Row): void {
		const row = pick(this.#shown, at);
		const fields = "v" in patch ? { v: ++this.#made } : patch;
		if (row) this.#own(row.key, "update", fields, () => this.#posts.update(`${row.id}`, fields));
	}

	delete(at: number): void {
		const row = pick(this.#shown, at);
		if (row) this.#own(row.key, "delete", {}, () => this.#posts.delete(`${row.id}`));
	}

	foreignCreate(n: number, done: boolean): void {
		const data = { key: `f${++this.#made}`, n, done, v: 0 };
		this.#stories.set(data.key, { seed: data, own: [], isUnclear: true });
		this.#foreign({ op: "create", mutation: data.key, collection: "posts", data });
	}

	foreignUpdate(at: number, n: number): void {
		const row = this.#others(at);
		const base = { mutation: `f${++this.#made}`, collection: "posts" };
		const patch = { n, done: n > 3 };
		if (row) this.#foreign({ op: "update", id: row.id, patch, ...base });
	}

	foreignDelete(at: number): void {
		const row = this.#others(at);
		const base = { mutation: `f${++this.#made}`, collection: "posts" };
		if (row) this.#foreign({ op: "delete", id: row.id, ...base });
	}

	/** The log starts anew: for a moment, nobody can say which answers know of which writes. */
	renew(): void {
		this.#isPure = false;
		this.#isUnclear = true;
		for (const story of this.#stories.values()) story.isUnclear = true;
		this.server.renew();
	}

	/** A row that others are about to write to. */
	#others(at: number): FakeRow | undefined {
		const row = pick([...this.server.rows.values()], at);
		const story = this.#stories.get(row?.key);
		if (story) story.isUnclear = true;
		return row;
	}

	#foreign(operation: Operation): void {
		this.#isPure = false;
		this.server.write(operation);
	}

	/** The server does it; once more where an answer was lost and it has come again. */
	process(kind: "lists" | "batches", at: number): void {
		const request = pick(open<Request>(this.server[kind]), at);
		// The second answer tells only that it was done at some time before.
		if (request?.processed) this.#isPure = false;
		request?.process();
	}

	answer(kind: "lists" | "batches", at: number): void {
		const request = pick(open<Request>(this.server[kind]), at);
		if (!request?.processed) request?.process();
		request?.deliver();
	}

	deliver(kind: "lists" | "batches", at: number): void {
		const request = pick(
			open<Request>(this.server[kind]).filter(({ processed }) => processed),
			at,
		);
		request?.deliver();
	}

	/** No answer comes, and nobody knows whether the server has done it. */
	lose(kind: "lists" | "batches", at: number): void {
		const request = pick(open<Request>(this.server[kind]), at);
		const [story] = (request && this.#writes.get(request)) ?? [];
		if (story) {
			story.isUnclear = true;
			this.#isPure = false;
		}
		request?.fail(outage());
	}

	refuse(at: number): void {
		const waiting = open<Request>(this.server.batches).filter(({ processed }) => !processed);
		const request = pick(waiting, at);
		const [, write] = (request && this.#writes.get(request)) ?? [];
		if (write) write.isRefused = true;
		request?.fail(refusal());
	}

	/** Sees what was sent since. */
	async turn(): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
		for (const { id, key } of this.server.rows.values()) this.#keys.set(id, key);
		for (const request of this.server.batches) {
			if (this.#writes.has(request)) continue;
			const [operation] = request.operations as (Row & { op: string; data?: Row })[];
			const key = operation?.data?.key ?? this.#keys.get(operation?.id);
			const story = this.#stories.get(key);
			// Writes to one row are sent in their order.
			const write = story?.own.find(({ isSent }) => !isSent);
			if (!story || !write || write.op !== operation?.op) {
				this.problems.push(`sent out of turn: ${text(operation)}`);
				continue;
			}
			write.isSent = true;
			this.#writes.set(request, [story, write]);
		}
	}

	get #shown(): readonly Row[] {
		return (this.frames.get("all")?.data ?? []) as readonly Row[];
	}

	#own(key: unknown, op: OwnWrite["op"], fields: Row, send: () => Promise<unknown>): void {
		const write: OwnWrite = { op, fields, isRefused: false, isSent: false };
		const story = this.#stories.get(key);
		story?.own.push(write);
		send().then(
			(result) => {
				if (write.isRefused) this.problems.push(`confirmed, but refused: ${text(write)}`);
				if (op !== "delete" && (result as Row).key !== key) {
					this.problems.push(`another row came back: ${text(result)}`);
				}
			},
			() => {
				// Of a row that was never made, there is nothing to be updated.
				if (!story || (!write.isRefused && !story.isUnclear && expected(story))) {
					this.problems.push(`refused for no reason: ${text(write)}`);
				}
				write.isRefused = true;
			},
		);
	}

	#look(name: string, frame: Frame): void {
		const before = this.frames.get(name);
		const problem = (what: string) => this.problems.push(`${name} ${what}: ${text(frame)}`);
		const all = ({ pending, error, ...others }: Frame) => [text(others), pending.join(), error];
		if (before && all(before).every((part, i) => part === all(frame)[i]))
			problem("is the same twice");
		if (name === "count") {
			this.#lookAtCount(frame, problem);
			return;
		}
		const rows = frame.data as readonly Row[];
		for (const { id, key } of rows) this.#keys.set(id, key);
		if (new Set(rows.map(({ key }) => key)).size < rows.length) problem("has a row twice");
		for (const row of rows) {
			const old = ((before?.data ?? []) as Row[]).find(({ id }) => id === row.id);
			if (old && old !== row && text(old) === text(row)) problem(`has an equal ${row.key} anew`);
		}
		const sign = name === "all" ? 1 : -1;
		for (const [i, row] of rows.slice(1).entries()) {
			const last = rows[i] as Row;
			const order = Number(row.n) - Number(last.n) || (String(row.id) < String(last.id) ? -1 : 1);
			if (order * sign <= 0) problem("is out of order");
		}
		if (name === "all") this.#lookAtAll(frame, rows, problem);
		else this.#lookAtFew(rows, problem);
	}

	#lookAtCount({ data }: Frame, problem: (what: string) => void): void {
		if (data === undefined || !this.#isPure) return;
		const rows = [...this.#stories.values()].map((story) => expected(story));
		const count = rows.filter((row) => row && Number(row.n) >= 3).length;
		if (data !== count) problem(`is not ${count}`);
	}

	#lookAtAll({ status }: Frame, rows: readonly Row[], problem: (what: string) => void): void {
		if (rows.length === 0 && status !== "live") return;
		for (const [key, story] of this.#stories) {
			if (story.isUnclear) continue;
			const wanted = expected(story);
			const row = rows.find((each) => each.key === key);
			if (!wanted && row) problem(`has ${key}, which is gone`);
			if (wanted && !row) problem(`lacks ${key}`);
			const isWanted = (name: string) => row?.[name] === wanted?.[name];
			if (wanted && row && !["n", "done", "v"].every(isWanted)) {
				problem(`has ${text(row)} and not ${text(wanted)}`);
			}
		}
	}

	#lookAtFew(rows: readonly Row[], problem: (what: string) => void): void {
		if (rows.length > 3) problem("are too many");
		for (const row of rows) {
			if (row.done !== false) problem("has one that is done");
			const story = this.#stories.get(row.key);
			if (!story || story.isUnclear) continue;
			const wanted = expected(story);
			if (!wanted || wanted.done) problem(`has ${row.key}, which is none of them`);
		}
	}
}
