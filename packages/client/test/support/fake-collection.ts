import type { Operation, OperationResult, Snapshot } from "@userdo/contracts";
import type { ChangeMessage, TableChange } from "@userdo/contracts/events";
import { UserDOError } from "../../src/error.js";
import type { Collection, SocketStatus } from "../../src/index.js";
import { type CollectionInternals, internals, type ListAnswer } from "../../src/internals.js";

export type FakeRow = Record<string, unknown> & { id: string };

/** A request on its way: the server does it at one moment, and its answer arrives at another. */
export interface Request {
	/** Whether its answer has arrived. */
	done: boolean;
	/** Whether the server has done it. */
	processed: boolean;
	/** Does it on the server; once more, as when the answer was lost and it was sent again. */
	process(): void;
	/** Lets the answer arrive. */
	deliver(): void;
	/** It ends with that error, whatever the server has done. */
	fail(error: unknown): void;
}

export const refusal = () => new UserDOError("invalid_input", { status: 400 });
export const outage = () => new UserDOError("network_error");

const compare = (a: unknown, b: unknown) => {
	const [x, y] = [a as number, b as number];
	return x < y ? -1 : Number(x > y);
};

/** The table of a server with its log, and one client's connection to it. */
export class FakeCollection {
	readonly name = "posts";
	epoch = "e1";
	seq = 0;
	readonly rows = new Map<string, FakeRow>();
	/** With what belongs to other tables, which is not told. */
	log: (ChangeMessage & { other?: true })[] = [];
	readonly lists: (Request & { search: string })[] = [];
	readonly batches: (Request & { operations: Operation[] })[] = [];
	user: { id: string } | null | undefined = { id: "ada" };
	status: SocketStatus = "idle";
	position: Snapshot | undefined;
	/** Whose the position is. */
	owner = "ada";
	readonly #known = new Map<string, OperationResult>();
	readonly #listeners = {
		change: new Set<(change: ChangeMessage) => void>(),
		position: new Set<() => void>(),
		status: new Set<(status: SocketStatus) => void>(),
		resync: new Set<() => void>(),
		user: new Set<() => void>(),
	};
	/** Whether the next change is too large to be told. */
	truncates = false;
	/** Whether changes of the table are logged. */
	logs = true;
	#ids = 0;
	/** Milliseconds; the server's clock is its own. */
	time = Date.parse("2026-01-01");

	readonly collection = { [internals]: this.#internals() } as unknown as Collection;

	get snapshot(): Snapshot {
		return { epoch: this.epoch, seq: this.seq };
	}

	get isWatched(): boolean {
		return this.#listeners.change.size > 0;
	}

	/** A write of anybody. */
	write(operation: Operation): OperationResult {
		const known = this.#known.get(operation.mutation);
		if (known) return known;
		const result = this.#write(operation);
		this.#known.set(operation.mutation, result);
		return result;
	}

	/** A change of another table. */
	writeElsewhere(): void {
		this.log.push({ seq: ++this.seq, event: "table:others", timestamp: this.time, other: true });
	}

	/** The log starts anew, with the rows as they are. */
	renew(): void {
		this.epoch += "+";
		this.log = [];
		// As of a backup that was restored.
		this.seq = Math.floor(this.seq / 2);
	}

	#write(operation: Operation): OperationResult {
		const { mutation } = operation;
		this.time += 1;
		const updatedAt = new Date(this.time).toJSON();
		if (operation.op === "create") {
			const id = `id-${String(++this.#ids).padStart(4, "0")}`;
			const row = { id, createdAt: updatedAt, updatedAt, ...operation.data } as FakeRow;
			this.rows.set(row.id, row);
			this.#append({ type: "create", data: row }, mutation);
			return { row: row as never };
		}
		const { id } = operation as { id: string };
		const old = this.rows.get(id);
		if (operation.op === "delete") {
			if (!old) return { deleted: false };
			this.rows.delete(id);
			this.#append({ type: "delete", data: old }, mutation);
			return { deleted: true };
		}
		if (operation.op !== "update") throw new Error("not needed here");
		if (!old) throw new UserDOError("not_found", { status: 404 });
		const same = Object.entries(operation.patch).every(([key, value]) => old[key] === value);
		if (same) return { row: old as never };
		const row = { ...old, ...operation.patch, updatedAt };
		this.rows.set(id, row);
		this.#append({ type: "update", data: row, old }, mutation);
		return { row: row as never };
	}

	#append({ type, data, old }: TableChange, mutation: string): void {
		if (!this.logs) return;
		const change = { seq: ++this.seq, event: "table:posts", timestamp: this.time, mutation };
		if (!this.truncates) this.log.push({ ...change, data: { type, data, ...(old && { old }) } });
		else this.log.push({ ...change, truncated: true, data: { type, data: { id: data.id } } });
		this.truncates = false;
	}

	/** What the server answers to a query, by rules of its own. */
	query(search: string): ListAnswer<FakeRow> & { count?: number } {
		const params = new URLSearchParams(search);
		const where: [string, string, number | string | boolean][] = JSON.parse(
			params.get("where") ?? "[]",
		);
		const orders = (params.get("orderBy")?.split(",") ?? []).map((order) => order.split(":"));
		const [, last = "asc"] = orders.at(-1) ?? [];
		const rows = [...this.rows.values()].filter((row) =>
			where.every(([field, operator, operand]) => {
				const value = row[field] as typeof operand | undefined;
				if (value === undefined) return false;
				return operator === "==" ? value === operand : value >= operand;
			}),
		);
		if (params.has("count")) return { count: rows.length, snapshot: this.snapshot } as never;
		rows.sort((a, b) => {
			for (const [field = "", direction] of [...orders, ["id", last]]) {
				const sign = compare(a[field], b[field]);
				if (sign !== 0) return direction === "desc" ? -sign : sign;
			}
			return 0;
		});
		const items = rows.slice(0, Number(params.get("limit")));
		const pageInfo = { hasNextPage: items.length < rows.length, endCursor: null };
		return structuredClone({ items, pageInfo, snapshot: this.snapshot });
	}

	connecting(): void {
		this.#setStatus("connecting");
	}

	/** Greets the client. Its position of before is good if all since can be told. */
	open(): void {
		const before = this.position;
		this.owner = this.user?.id ?? this.owner;
		const first = this.log[0]?.seq ?? this.seq + 1;
		const isResumed = before?.epoch === this.epoch && before.seq >= first - 1;
		if (!isResumed) this.position = this.snapshot;
		this.#setStatus("open");
		if (!isResumed && before) this.#emit("resync");
		this.#emit("position");
	}

	/** Tells of the next changes, in one frame. */
	tell(count = Number.POSITIVE_INFINITY): void {
		const { position } = this;
		if (this.status !== "open" || !position || position.epoch !== this.epoch) return;
		const changes = this.log.filter(({ seq }) => seq > position.seq).slice(0, count);
		const [first] = changes;
		if (!first) return;
		// A client comes back for what it has missed, once it notices.
		if (first.seq > position.seq + 1) {
			this.cut();
			return;
		}
		for (const { other, ...change } of changes) {
			this.position = { epoch: this.epoch, seq: change.seq };
			if (!other) for (const listener of [...this.#listeners.change]) listener(change);
		}
		this.#emit("position");
	}

	get isBehind(): boolean {
		return this.position?.epoch !== this.epoch || this.position.seq < this.seq;
	}

	cut(): void {
		this.#setStatus("waiting");
	}

	/** Somebody else signs in, to an empty account. */
	/** An answer tells whose the socket was all along. */
	knowUser(): void {
		this.user = { id: this.owner };
		this.#emit("user");
	}

	changeUser(user: { id: string } | null): void {
		this.user = user;
		this.rows.clear();
		this.log = [];
		this.epoch = `of ${user?.id}`;
		this.#emit("user");
		this.#setStatus("idle");
	}

	/** All that is on its way arrives. */
	answerAll(): void {
		for (const request of [...this.batches, ...this.lists].filter(({ done }) => !done)) {
			if (!request.processed) request.process();
			request.deliver();
		}
	}

	#setStatus(status: SocketStatus): void {
		if (status === this.status) return;
		this.status = status;
		for (const listener of [...this.#listeners.status]) listener(status);
	}

	#emit(event: "position" | "resync" | "user"): void {
		for (const listener of [...this.#listeners[event]]) listener();
	}

	#request<Result>(run: () => Result): { request: Request; answer: Promise<Result> } {
		const { promise, resolve, reject } = Promise.withResolvers<Result>();
		let outcome: (() => void) | undefined;
		const end = (what: () => void) => {
			if (request.done) return;
			request.done = true;
			what();
		};
		const request: Request = {
			done: false,
			processed: false,
			process() {
				request.processed = true;
				try {
					const result = run();
					outcome = () => resolve(result);
				} catch (error) {
					outcome = () => reject(error);
				}
			},
			deliver: () => end(outcome ?? (() => reject(outage()))),
			fail: (error) => end(() => reject(error)),
		};
		return { request, answer: promise };
	}

	#internals(): CollectionInternals {
		const on =
			<T>(set: () => Set<T>) =>
			(listener: T) => {
				set().add(listener);
				return () => void set().delete(listener);
			};
		return {
			name: this.name,
			user: () => this.user,
			status: () => this.status,
			position: () => this.position && { ...this.position, user: this.owner },
			list: <Row>(search: string) => {
				const { request, answer } = this.#request(() => this.query(search));
				this.lists.push(Object.assign(request, { search }));
				return answer as unknown as Promise<ListAnswer<Row>>;
			},
			batch: (operations) => {
				const { request, answer } = this.#request(() => {
					const results = operations.map((operation) => this.write(operation));
					return { results: structuredClone(results), snapshot: this.snapshot };
				});
				this.batches.push(Object.assign(request, { operations }));
				return answer;
			},
			onChange: on(() => this.#listeners.change),
			onPosition: on(() => this.#listeners.position),
			onStatus: on(() => this.#listeners.status),
			onResync: on(() => this.#listeners.resync),
			onUser: on(() => this.#listeners.user),
		};
	}
}
