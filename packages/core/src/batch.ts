import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type Snapshot, validate } from "@userdo/contracts";
import { UserDOError } from "@userdo/contracts/errors";
import { once } from "@userdo/contracts/lazy";
import type { Database } from "@userdo/tables";
import * as z from "zod";
import { maxAnswer } from "./max-answer.js";
import type { KnownMutation, Mutations } from "./mutations.js";
import {
	type BatchOperation,
	getBatchOperationSchema,
	type Operations,
	type WriteResult,
} from "./operations.js";
import { within } from "./places.js";

export interface BatchResult {
	/** In the order of the operations. */
	results: WriteResult[];
	snapshot: Snapshot;
}

export interface BatchesOptions {
	database: Database;
	operations: Operations;
	mutations: Mutations;
}

/** What the answer may still take in. */
interface Room {
	left: number;
}

interface Entry {
	operation: BatchOperation;
	/** `operations.3` */
	place: string;
	fingerprint: string;
	known: KnownMutation | undefined;
}

/** Writes that are done together, all or none, and each of them once however often it is sent. */
export class Batches {
	readonly #options: BatchesOptions;

	constructor(options: BatchesOptions) {
		this.#options = options;
	}

	/**
	 * Runs the operations in their order, in one transaction. One whose id was seen before does nothing
	 * and answers as it did then.
	 *
	 * @throws UserDOError what an operation refuses, with paths like `operations.3.data.title`;
	 * `conflict` for an id that was another operation's
	 */
	run(input: unknown): BatchResult {
		const { database, operations: single } = this.#options;
		const { operations } = validate(getBatchSchema(), { operations: input });
		const entries = this.#look(operations);
		const isRepeated = entries.every(({ known }) => known !== undefined);
		const room: Room = { left: maxAnswer };
		const answer = () => entries.map((entry) => this.#answer(entry, room));
		const results = isRepeated ? answer() : database.transaction(() => this.#write(answer));
		return { results, snapshot: single.snapshot };
	}

	/** @throws UserDOError `invalid_input` for an id that stands twice, `conflict` as {@link run} */
	#look(operations: readonly BatchOperation[]): Entry[] {
		const known = this.#options.mutations.find(operations.map(({ mutation }) => mutation));
		const seen = new Set<string>();
		return operations.map((operation, index) => {
			const { mutation } = operation;
			const place = `operations.${index}`;
			const fingerprint = toFingerprint(operation, place);
			const entry = { operation, place, fingerprint, known: known.get(mutation) };
			const path = `${place}.mutation`;
			if (seen.has(mutation)) {
				const message = "This id stands twice in the batch.";
				throw new UserDOError("invalid_input", { issues: [{ path, message }] });
			}
			seen.add(mutation);
			if (entry.known && entry.known.fingerprint !== entry.fingerprint) {
				const message = "This id was given to another operation.";
				throw new UserDOError("conflict", { issues: [{ path, message }] });
			}
			return entry;
		});
	}

	#write(answer: () => WriteResult[]): WriteResult[] {
		const { mutations, operations } = this.#options;
		operations.expire();
		const results = answer();
		mutations.prune();
		return results;
	}

	#answer({ operation, place, fingerprint, known }: Entry, room: Room): WriteResult {
		if (known) return this.#recall(operation, known, room);
		const { database, operations, mutations } = this.#options;
		const { mutation, ...single } = operation;
		const before = database.changes.seq;
		const result = within(place, () => operations.runPart(single));
		database.changes.attribute(mutation, before);
		room.left -= mutations.add(mutation, fingerprint, result);
		if (room.left >= 0) return result;
		const message = "These rows are more than one answer holds: send them in several batches.";
		throw new UserDOError("payload_too_large", { message, issues: [{ path: place, message }] });
	}

	/**
	 * The first result. A row that was too large to keep is read anew; of one that is gone, or has grown
	 * beyond what the answer holds, its id.
	 */
	#recall(
		operation: BatchOperation,
		{ result, rowId: id = "" }: KnownMutation,
		room: Room,
	): WriteResult {
		if (result) return result;
		const { database } = this.#options;
		const table = "collection" in operation ? database.json(operation.collection) : undefined;
		const row = table?.find(id) ?? { id };
		const { length } = JSON.stringify(row);
		if (length > room.left) return { row: { id } };
		room.left -= length;
		return { row };
	}
}

const getBatchSchema = once(() =>
	z.object({ operations: z.array(getBatchOperationSchema()).min(1).max(50) }),
);

/**
 * Tells operations apart; the order of keys does not matter.
 *
 * @throws UserDOError `invalid_input` for what is no JSON
 */
function toFingerprint({ mutation: _, ...operation }: BatchOperation, place: string): string {
	return bytesToHex(sha256(utf8ToBytes(toText(operation, place))));
}

function toText(operation: object, place: string): string {
	try {
		return JSON.stringify(operation, sortKeys);
	} catch {
		// A bigint, a cycle, or nested so deeply that the stack overflowed.
		const message = "This is no JSON, or nested too deeply.";
		throw new UserDOError("invalid_input", { issues: [{ path: place, message }] });
	}
}

function sortKeys(_name: string, value: unknown): unknown {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
