import { isUserDOError } from "@userdo/contracts/errors";
import { createDatabase } from "@userdo/tables";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { afterPrefix } from "../src/key-range.js";
import { KeyValueStore, type ListOptions, type SetOptions } from "../src/kv.js";
import { inObject, newEmail, stubOf } from "./helpers.js";

// Some start alike, some differ in UTF-16's order and UTF-8's.
const keys = [
	"a",
	"a/1",
	"a/2",
	"ab",
	"b",
	"ä",
	"\u{d7ff}",
	"\u{e000}",
	"\u{ffff}",
	"🙂",
	"\u{10ffff}",
];
const key = fc.constantFrom(...keys);
const value = fc.constantFrom(1, "text", null, { nested: [true] });
const bytes = (text: string) => new TextEncoder().encode(text);

/** In the order of their UTF-8 bytes. */
function compare(a: string, b: string): number {
	const [x, y] = [bytes(a), bytes(b)];
	const at = x.findIndex((byte, i) => byte !== y[i]);
	return at === -1 ? x.length - y.length : (x[at] ?? 0) - (y[at] ?? -1);
}

/** A version as a caller has it: of the key as it is, of before, or of none. */
const version = fc.constantFrom("right", "older", "none", "any");

const step = fc.oneof(
	fc.record({
		do: fc.constant("set" as const),
		key,
		value,
		ttl: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
		version,
	}),
	fc.record({ do: fc.constant("delete" as const), key, version }),
	fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 0, max: 4 }) }),
	fc.record({ do: fc.constant("expire" as const) }),
	fc.record({ do: fc.constant("reopen" as const) }),
	fc.record({
		do: fc.constant("list" as const),
		prefix: fc.option(fc.oneof(key, fc.constantFrom("", "a/", "z")), { nil: undefined }),
		after: fc.option(key, { nil: undefined }),
		limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
	}),
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Known {
	value: unknown;
	version: number;
	expiresAt: number | undefined;
}

/** What the keys should be. */
class Model {
	readonly known = new Map<string, Known>();
	/** Every version that a key ever had. */
	readonly versions = new Map<string, number[]>();

	/** What a reader should see. */
	get(name: string): Known | undefined {
		const known = this.known.get(name);
		return known?.expiresAt !== undefined && known.expiresAt <= Date.now() ? undefined : known;
	}

	list({ prefix = "", after = "", limit = Number.POSITIVE_INFINITY }: ListOptions) {
		const names = [...this.known.keys()]
			.filter((name) => this.get(name) && name.startsWith(prefix) && compare(name, after) > 0)
			.sort(compare);
		const page = names.slice(0, limit).map((name) => [name, this.get(name) as Known] as const);
		return {
			data: page.map(([name, known]) => [name, known.value]),
			versions: page.map(([name, known]) => [name, known.version]),
			next: names.length > page.length ? page.at(-1)?.[0] : undefined,
		};
	}

	versionOf(name: string, which: string): number | undefined {
		const now = this.get(name)?.version ?? 0;
		if (which === "right") return now;
		if (which === "any") return undefined;
		return which === "none" ? 0 : (this.versions.get(name)?.at(-2) ?? 0);
	}
}

/** Runs a step in both; whether it was refused, and should have been. */
function run(kv: KeyValueStore, model: Model, each: Step): void {
	if (each.do === "wait") vi.advanceTimersByTime(each.seconds * 1000);
	if (each.do === "expire") kv.expire();
	if (each.do === "list") {
		const { do: _, ...options } = each;
		const { data, versions, next } = kv.list(options);
		const listed = { data: Object.entries(data), versions: Object.entries(versions), next };
		expect(listed).toEqual(model.list(options));
	}
	if (each.do !== "set" && each.do !== "delete") return;
	const before = model.get(each.key);
	const ifVersion = model.versionOf(each.key, each.version);
	const isRefused = ifVersion !== undefined && ifVersion !== (before?.version ?? 0);
	const options: SetOptions = { ifVersion, ...(each.do === "set" && { ttl: each.ttl }) };
	try {
		if (each.do === "delete") {
			expect(kv.delete(each.key, { ifVersion })).toBe(before !== undefined);
			model.known.delete(each.key);
		} else {
			const version = kv.set(each.key, each.value, options);
			const isSame = JSON.stringify(before?.value) === JSON.stringify(each.value);
			if (before && isSame) expect(version).toBe(before.version);
			else expect(version).toBeGreaterThan(Math.max(0, ...(model.versions.get(each.key) ?? [])));
			if (version !== before?.version) {
				model.versions.set(each.key, [...(model.versions.get(each.key) ?? []), version]);
			}
			const expiresAt = each.ttl === undefined ? undefined : Date.now() + each.ttl * 1000;
			model.known.set(each.key, { value: each.value, version, expiresAt });
		}
		expect(isRefused).toBe(false);
	} catch (error) {
		if (!isUserDOError(error, "conflict")) throw error;
		expect(error.issues).toMatchObject([{ path: "ifVersion" }]);
		expect(isRefused).toBe(true);
	}
}

describe("keys", () => {
	it("agree with a model, whatever is set, deleted, expires and is listed", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
		await inObject(stubOf(newEmail()), (_object, { storage }) => {
			fc.assert(
				fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
					storage.sql.exec("DROP TABLE IF EXISTS _userdo_kv");
					const { changes } = createDatabase(storage);
					const begin = changes.seq;
					let kv = new KeyValueStore(storage, { changes });
					const model = new Model();
					for (const each of steps) {
						if (each.do === "reopen") kv = new KeyValueStore(storage, { changes });
						else run(kv, model, each);
						for (const name of keys) expect(kv.get(name)).toEqual(model.get(name)?.value);
					}
					kv.expire();
					// Who hears the changes knows the keys, and the version of each.
					const heard = new Map<string, { value: unknown; version: number }>();
					for (const { event, data, seq } of changes.read(begin, 1000)) {
						const name = event.slice("kv:".length);
						if (data === undefined) heard.delete(name);
						else heard.set(name, { value: data, version: seq });
					}
					const { data, versions } = kv.list();
					expect(Object.fromEntries([...heard].map(([name, { value }]) => [name, value]))).toEqual(
						data,
					);
					expect(
						Object.fromEntries([...heard].map(([name, { version }]) => [name, version])),
					).toEqual(versions);
				}),
				{ numRuns: 150 },
			);
		});
	});

	it("that start with a prefix end before the text that comes after all of them", () => {
		const unit = fc.oneof(
			{ weight: 3, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
			fc.constantFrom("\u{d7ff}", "\u{e000}", "\u{10ffff}", "\u{10fffe}", "\0"),
		);
		const text = fc.array(unit, { maxLength: 4 }).map((units) => units.join(""));
		fc.assert(
			fc.property(text, text, (prefix, other) => {
				const end = afterPrefix(prefix);
				const isIn = (name: string) =>
					compare(name, prefix) >= 0 && (end === undefined || compare(name, end) < 0);
				expect(isIn(prefix + other)).toBe(true);
				expect(isIn(other)).toBe(other.startsWith(prefix));
			}),
			{ numRuns: 500 },
		);
	});
});
