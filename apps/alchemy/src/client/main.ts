import { type User, UserDOClient } from "userdo/client";
import { live } from "userdo/live";
import { errorText, onPress, onSubmit, onSubmitAtOnce, select } from "./page.js";
import { type Bookmark, showBookmarks } from "./show-bookmarks.js";

const client = new UserDOClient("/api");
const bookmarks = live(client.collection("bookmarks"), { defaults: { isRead: false } });
const notice = select("#notice", HTMLElement);
let mode: "login" | "signup" = "login";
let stop = () => {};

/** Shows what a write was refused for; the list itself has taken it back by then. */
async function write(run: () => Promise<unknown>): Promise<void> {
	notice.textContent = "";
	await run().catch((error: unknown) => {
		notice.textContent = errorText(error);
	});
}

const actions = {
	toggle: ({ id, isRead }: { id: string; isRead: boolean }) =>
		void write(() => bookmarks.update(id, { isRead: !isRead })),
	remove: ({ id }: { id: string }) => void write(() => bookmarks.delete(id)),
};

function show(user: User | undefined): void {
	stop();
	stop = () => {};
	showView(user ? "shelf" : "welcome");
	setMode("login");
	showBookmarks([], [], actions);
	if (!user) return;
	stop = bookmarks.orderBy("createdAt", "desc").subscribe(({ data, pending, status }) => {
		// As src/bookmarks.ts has them, whose types are of a Worker.
		showBookmarks(data as unknown as Bookmark[], pending, actions);
		const texts = { live: "Live", loading: "Connecting…", offline: "Offline", error: "Offline" };
		select("#status", HTMLElement).textContent = texts[status];
	});
}

function showView(view: "starting" | "welcome" | "shelf"): void {
	for (const id of ["starting", "welcome", "shelf"]) {
		select(`#${id}`, HTMLElement).hidden = id !== view;
	}
}

function setMode(next: typeof mode): void {
	mode = next;
	const isNew = mode === "signup";
	const title = isNew ? "Create an account" : "Sign in";
	select("#welcome-heading", HTMLElement).textContent = title;
	select("#enter", HTMLElement).textContent = title;
	select("#switch", HTMLElement).textContent = isNew ? "Sign in" : "Create an account";
	select("#credentials .alert", HTMLElement).textContent = "";
	const password = select("#credentials [name=password]", HTMLInputElement);
	password.autocomplete = isNew ? "new-password" : "current-password";
}

async function start(): Promise<void> {
	const retry = select("#retry", HTMLButtonElement);
	retry.hidden = true;
	try {
		// Somebody is told by onAuthStateChanged.
		if (!(await client.me())) show(undefined);
	} catch (error) {
		select("#starting-text", HTMLElement).textContent = errorText(error);
		retry.hidden = false;
	}
}

client.onAuthStateChanged(show);
onSubmit("#credentials", async (form) => {
	await client[mode](String(form.get("email")), String(form.get("password")));
});
onSubmitAtOnce("#composer", async (form) => {
	const url = String(form.get("url"));
	await bookmarks.create({ url, title: String(form.get("title")) || url });
});
onPress("#switch", () => setMode(mode === "login" ? "signup" : "login"));
onPress("#sign-out", () => void write(() => client.logout()));
onPress("#retry", () => void start());

void start();
