import type { User } from "userdo/client";
import type { Client } from "./client.js";
import { find } from "./dom.js";

/**
 * Leaves the page, which holds what is somebody's own, as soon as that one is signed out, here or
 * anywhere else.
 */
export function followSession(client: Client): void {
	const shown = find(".notebook", HTMLElement).dataset.user;
	let isLeaving = false;

	// A form that is on its way says by itself where to go.
	addEventListener("submit", (event) => {
		isLeaving ||= !event.defaultPrevented;
	});

	function follow(user: User | undefined): void {
		if (isLeaving || user?.id === shown) return;
		isLeaving = true;
		document.body.replaceChildren();
		location.replace(user === undefined ? "/sign-in?ended" : "/");
	}

	client.onAuthStateChanged(follow);
	// Where the server can't be asked now, the status says that what is shown may be old.
	client.me().then(follow, () => {});
}
