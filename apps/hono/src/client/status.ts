import type { SocketStatus } from "userdo/client";
import type { Client } from "./client.js";
import { find } from "./dom.js";

const texts = { live: "Live", reconnecting: "Reconnecting…", connecting: "Connecting…" };

/** Says whether what the page shows is kept up to date. */
export function showStatus(client: Client): void {
	const element = find("#status", HTMLElement);
	const text = find("#status-text", HTMLElement);
	let wasOpen = false;
	element.hidden = false;
	client.onStatus((status: SocketStatus) => {
		wasOpen = status === "open" || (wasOpen && status !== "idle" && status !== "closed");
		const state = status === "open" ? "live" : wasOpen ? "reconnecting" : "connecting";
		element.dataset.state = state;
		text.textContent = texts[state];
	});
}
