import { isUserDOError, type User, UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { errorText } from "./errors.js";
import { createNotes } from "./notes.js";
import { hideNotice, showNotice } from "./notice.js";
import { createPreferences } from "./preferences.js";
import { showStatus } from "./status.js";
import { createWelcome } from "./welcome.js";

const client = new UserDOClient("/api");
const notes = createNotes(client);
const preferences = createPreferences(client);
const welcome = createWelcome(client);
const views = ["starting", "welcome", "notebook"] as const;

/** Undefined until the server has said who is signed in, null when nobody is. */
let shown: User | null | undefined;
let isLeaving = false;

/** Shows the notebook of the user, or the form to sign in when there is none. */
function show(user: User | undefined): void {
	if (shown !== undefined && shown?.id === user?.id) return;
	const isEnded = shown && !isLeaving;
	if (shown) {
		notes.close();
		preferences.close();
	}
	shown = user ?? null;
	showView(user ? "notebook" : "welcome");
	find("#account-email", HTMLElement).textContent = user?.email ?? "";
	if (user) {
		welcome.close();
		preferences.open();
		notes.open();
		find("#notes-heading", HTMLElement).focus();
	} else {
		welcome.open(isEnded ? "You were signed out. Please sign in again." : "");
	}
}

function showView(view: (typeof views)[number]): void {
	for (const id of views) find(`#${id}`, HTMLElement).hidden = id !== view;
}

/** Neither view shows before the server has said who is signed in, so a reload does not flash. */
async function start(): Promise<void> {
	const text = find("#starting-text", HTMLElement);
	const retry = find("#starting-retry", HTMLButtonElement);
	text.textContent = "Opening your notebook…";
	retry.hidden = true;
	showView("starting");
	try {
		show(await client.me());
	} catch (error) {
		text.textContent = errorText(error);
		retry.hidden = false;
	}
}

client.onAuthStateChanged(show);
showStatus(client);

find("#starting-retry", HTMLButtonElement).addEventListener("click", () => void start());
find("#notice-close", HTMLButtonElement).addEventListener("click", hideNotice);
find("#sign-out", HTMLButtonElement).addEventListener("click", async () => {
	hideNotice();
	isLeaving = true;
	try {
		await client.logout();
	} catch (error) {
		// A session that is over already is what was wanted.
		if (isUserDOError(error, "unauthorized")) show(undefined);
		else showNotice(`You are still signed in. ${errorText(error)}`);
	} finally {
		isLeaving = false;
	}
});

void start();
