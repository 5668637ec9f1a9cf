import type { SocketConstructor } from "./socket.js";

type Listen = (type: string, listener: () => void) => void;

/** What this package uses of a `BroadcastChannel`. */
export interface Channel {
	onmessage: (() => void) | null;
	postMessage(message: unknown): void;
	close(): void;
}

/**
 * What this package uses of the place where it runs. It is spelled out, since the types of a page
 * are not there for everybody who compiles against this package: a Worker may import it, too.
 */
interface Globals {
	location?: { href: string };
	origin?: string;
	document?: {
		visibilityState: string;
		addEventListener: Listen;
		removeEventListener: Listen;
	};
	navigator?: {
		locks?: { request<Result>(name: string, run: () => Promise<Result>): Promise<Result> };
	};
	addEventListener?: Listen;
	removeEventListener?: Listen;
	BroadcastChannel?: new (name: string) => Channel;
	WebSocket: SocketConstructor;
	setTimeout(run: () => void, milliseconds: number): number;
	clearTimeout(timer?: number): void;
}

/** Looked into when needed only: a module may be loaded where there is no page. */
export const globals = globalThis as unknown as Globals;
