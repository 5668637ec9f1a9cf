import type { Fetch } from "./request.js";
import type { SocketConstructor } from "./socket.js";

export interface UserDOClientOptions {
	/** Instead of the global one. */
	fetch?: Fetch;
	/** Instead of the global one. */
	WebSocket?: SocketConstructor;
	/** Milliseconds that a call may take; 30,000. */
	timeout?: number;
}
