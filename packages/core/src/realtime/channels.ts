import type { ErrorIssue } from "@userdo/contracts/errors";
import { UserDOError } from "@userdo/contracts/errors";

const maxChannels = 100;
const maxLength = 600;
/**
 * Of all channels of a socket: they stand in its attachment, which holds 16,384 bytes, and a
 * character may take two.
 */
const maxTotalLength = 7000;

/** How a channel begins: an event of changes, or `event:` and the name of an ephemeral one. */
const kinds = ["table:", "kv:", "event:"];

/** What a socket hears of. */
export class Channels {
	/** Without duplicates, in one order: the same for sockets that hear the same. */
	readonly names: readonly string[];
	/** Equal for equal names. */
	readonly key: string;
	readonly #events = new Set<string>();
	readonly #starts: string[] = [];

	constructor(names: Iterable<string>) {
		this.names = [...new Set(names)].sort();
		this.key = JSON.stringify(this.names);
		for (const name of this.names) {
			if (name.endsWith("*")) this.#starts.push(name.slice(0, -1));
			else this.#events.add(name);
		}
	}

	hears(event: string): boolean {
		return this.#events.has(event) || this.#starts.some((start) => event.startsWith(start));
	}
}

/**
 * The channels of `?channels=`: each encoded for itself, since a key may hold a comma, with commas
 * between. Undefined where there are none.
 *
 * @throws UserDOError `invalid_input`
 */
export function readChannels(query: URLSearchParams): Channels | undefined {
	const text = query.get("channels");
	return text ? toChannels(checkNames(text.split(",").map(decode))) : undefined;
}

/**
 * Those that a socket had and those of a `subscribe`.
 *
 * @throws UserDOError `invalid_input`
 */
export function addChannels(before: Channels | undefined, names: unknown): Channels | undefined {
	return toChannels([...(before?.names ?? []), ...checkNames(names)]);
}

/**
 * What an `unsubscribe` leaves; undefined stands for everything.
 *
 * @throws UserDOError `invalid_input`
 */
export function removeChannels(before: Channels | undefined, names: unknown): Channels | undefined {
	if (names === undefined) return undefined;
	const gone = new Set(checkNames(names));
	return toChannels(before?.names.filter((name) => !gone.has(name)) ?? []);
}

/** A name that was not encoded is taken as it is, unless a percent sign shows that it had to be. */
function decode(name: string): unknown {
	try {
		return decodeURIComponent(name);
	} catch {
		return undefined;
	}
}

function checkNames(names: unknown): string[] {
	if (!Array.isArray(names)) throw refusal([{ path: "channels", message: "This is no list." }]);
	const issues = names.flatMap((name, index) => {
		const message = findFault(name);
		return message === undefined ? [] : [{ path: `channels.${index}`, message }];
	});
	if (issues.length > 0) throw refusal(issues.slice(0, maxChannels));
	return names;
}

function findFault(name: unknown): string | undefined {
	if (typeof name !== "string") return "A channel is text.";
	if (name.length > maxLength) return `A channel has at most ${maxLength} characters.`;
	const start = name.endsWith("*") ? name.slice(0, -1) : undefined;
	const isKnown = kinds.some((kind) =>
		start === undefined
			? name.startsWith(kind) && name !== kind
			: start.startsWith(kind) || kind.startsWith(start),
	);
	return isKnown ? undefined : "A channel starts with table:, kv: or event:.";
}

/** They as a whole; undefined stands for everything. */
function toChannels(list: readonly string[]): Channels | undefined {
	if (list.length === 0) return undefined;
	const channels = new Channels(list);
	const { names } = channels;
	const length = names.reduce((sum, name) => sum + name.length, 0);
	if (names.length <= maxChannels && length <= maxTotalLength) return channels;
	const message = `A socket has at most ${maxChannels} channels, of ${maxTotalLength} characters together.`;
	throw refusal([{ path: "channels", message }]);
}

function refusal(issues: ErrorIssue[]): UserDOError {
	return new UserDOError("invalid_input", { issues });
}
