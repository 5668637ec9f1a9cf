import { type User, UserDOClient } from "userdo/client";
import { createAccount } from "./account.js";
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
const account = createAccount(client, (password) =>
	leave("Your account and all of your notes are deleted.", () => client.deleteAccount(password)),
);
const views = ["starting", "welcome", "notebook"] as const;

/** Undefined until the server has said who is signed in, null when nobody is. */
let shown: User | null | undefined;
/** What to say when the person signs out by their own will; undefined while they do not. */
let farewell: string | undefined;

/** Shows the notebook of the user, or the form to sign in when there is none. */
function show(user: User | undefined): void {
	if (shown !== undefined && shown?.id === user?.id) return;
	const isEnded = shown && farewell === undefined;
	if (shown) {
		notes.close();
		preferences.close();
		account.close();
		// Whoever signs in next begins with the notes.
		if (isAccountAddress()) history.replaceState(null, "", location.pathname);
	}
	shown = user ?? null;
	showView(user ? "notebook" : "welcome");
	find("#account-email", HTMLElement).textContent = user?.email ?? "";
	if (user) {
		welcome.close();
		preferences.open();
		notes.open();
		showPart();
	} else if (isEnded) {
		welcome.open({ reason: "You were signed out. Please sign in again." });
	} else {
		welcome.open({ done: farewell ?? "" });
	}
}

/** Within the notebook: the notes, or at `#account` the account. */
function showPart(): void {
	if (!shown) return;
	const isAccount = isAccountAddress();
	find("#notes-view", HTMLElement).hidden = isAccount;
	find("#account-view", HTMLElement).hidden = !isAccount;
	const link = find("#account-link", HTMLElement);
	if (isAccount) {
		link.setAttribute("aria-current", "page");
		account.open(shown);
	} else {
		link.removeAttribute("aria-current");
		account.close();
		find("#notes-heading", HTMLElement).focus();
	}
}

function isAccountAddress(): boolean {
	return location.hash === "#account";
}

/** Runs what signs the person out by their own will. */
async function leave(text: string, run: () => Promise<void>): Promise<void> {
	farewell = text;
	try {
		await run();
	} finally {
		farewell = undefined;
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
	try {
		await leave("", () => client.logout());
	} catch (error) {
		showNotice(`You are still signed in. ${errorText(error)}`);
	}
});
addEventListener("hashchange", showPart);

void start();
