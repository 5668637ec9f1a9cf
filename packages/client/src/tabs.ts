import { type Channel, globals } from "./globals.js";

/** Runs one after the other what is given to it. */
type Lock = <Result>(run: () => Promise<Result>) => Promise<Result>;

/** What the tabs of a page's origin share, as they share its cookies. */
export interface Tabs {
	lock: Lock;
	/** Tells the others that somebody else may be signed in now: not who. */
	post(): void;
	close(): void;
}

/**
 * Joins the clients of that name in other tabs. Outside of pages, and in browsers that lack what it
 * takes, a client is by itself.
 */
export function joinTabs(name: string, onMessage: () => void): Tabs {
	// A sandboxed frame, whose origin is no one's, shares nothing and may not ask for locks.
	const page = globals.location && globals.origin !== "null" ? globals : undefined;
	let channel: Channel | undefined;
	try {
		channel = page?.BroadcastChannel && new page.BroadcastChannel(name);
	} catch {
		// A browser that is told to store nothing.
	}
	if (channel) channel.onmessage = onMessage;
	let last: Promise<unknown> = Promise.resolve();
	return {
		lock(run) {
			const locks = page?.navigator?.locks;
			if (locks) return locks.request(name, run);
			const result = last.then(run);
			last = result.catch(() => {});
			return result;
		},
		post: () => channel?.postMessage(0),
		close() {
			channel?.close();
			channel = undefined;
		},
	};
}
