import { afterEach, beforeEach, expect, vi } from "vitest";

// Production refuses more than 100,000 PBKDF2 iterations in one call and local workerd does not
// (cloudflare/workerd#1346), so the tests refuse too.
const deriveBits = crypto.subtle.deriveBits.bind(crypto.subtle);
crypto.subtle.deriveBits = (algorithm, ...rest) => {
	const iterations = typeof algorithm === "object" ? Reflect.get(algorithm, "iterations") : 0;
	if (typeof iterations === "number" && iterations > 100_000) {
		throw new DOMException(
			`Pbkdf2 failed: iteration counts above 100000 are not supported (requested ${iterations}).`,
			"NotSupportedError",
		);
	}
	return deriveBits(algorithm, ...rest);
};

// A library that prints without being asked to is a bug: a test that expects output spies on the
// console itself (the spy is then the test's, and this one sees nothing).
const levels = ["debug", "error", "info", "log", "warn"] as const;
let printed: string[] = [];
let said: string[] = [];

// Around all spies, so that what a test expects to be printed is looked at as well.
globalThis.console = new Proxy(console, {
	get(target, name) {
		const value: unknown = Reflect.get(target, name);
		if (typeof value !== "function" || !levels.some((level) => level === name)) return value;
		return (...args: unknown[]) => {
			said.push(args.map(String).join(" "));
			return value.apply(target, args);
		};
	},
});

/** What no line may hold: a token, a password or its hash, an email address. */
const secrets =
	/eyJ[\w-]{8,}\.[\w-]+|\$userdo-\w+\$|correct horse|[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}/i;

beforeEach(() => {
	printed = [];
	said = [];
	for (const level of levels) {
		vi.spyOn(console, level).mockImplementation((...args: unknown[]) => {
			printed.push(`console.${level}: ${args.map(String).join(" ")}`);
		});
	}
});

afterEach(() => {
	vi.restoreAllMocks();
	const telling = said.filter((line) => secrets.test(line));
	expect(telling, "L1: printed what is nobody's business").toEqual([]);
	expect(printed, "unexpected console output").toEqual([]);
});
