import { type User, UserDOClient } from "userdo/client";
import type { contents } from "../note.js";
import { errorText, find, showView } from "./dom.js";
import { createNotes } from "./notes.js";
import { createWelcome } from "./welcome.js";

// The address is the page's own, so it is the tenant's: the client knows of no tenant.
const client = new UserDOClient<typeof contents>("/api");
const notes = createNotes(client);
const welcome = createWelcome(client);

/** Undefined until the server has said who is signed in, null when nobody is. */
let shown: User | null | undefined;

function show(user: User | undefined): void {
	if (shown !== undefined && shown?.id === user?.id) return;
	shown = user ?? null;
	notes.close();
	showView(user ? "notebook" : "welcome");
	find("#account-email", HTMLElement).textContent = user?.email ?? "";
	if (user) notes.open();
	else welcome.open();
}

/** Neither view shows before the server has said who is signed in, so a reload does not flash. */
async function start(): Promise<void> {
	const text = find("#starting-text", HTMLElement);
	const retry = find("#retry", HTMLButtonElement);
	text.textContent = "Opening…";
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
find("#retry", HTMLButtonElement).addEventListener("click", () => void start());
find("#sign-out", HTMLButtonElement).addEventListener("click", () => {
	client.logout().catch((error) => notes.complain(error));
});

void start();
