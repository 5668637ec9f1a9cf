import { isUserDOError, type User, UserDOClient } from "@userdo/client";
import { createEndpointClient } from "@userdo/client/endpoints";
import type { Timesheet } from "../contract.js";
import { find } from "./dom.js";
import { showSheet } from "./sheet.js";

const client = new UserDOClient("/v1/api");
const api = createEndpointClient<Timesheet>("/v1", { client });
const notice = find("#alert", HTMLElement);

/** Undefined until the server has said who is signed in. */
let shown: User | null | undefined;
/** Ends live updates. */
let stop = () => {};
/** Grows with each question, so that an answer that is late is noticed. */
let turn = 0;

async function load(): Promise<void> {
	const current = ++turn;
	const [{ entries }, { totals }] = await Promise.all([api("GET /entries"), api("GET /totals")]);
	if (current !== turn) return;
	showSheet(entries, totals, {
		stop: (id) => run(() => api("POST /entries/:id/stop", { params: { id } })),
		remove: (id) => run(() => api("DELETE /entries/:id", { params: { id } })),
	});
}

/** What comes from another window shows up here as well. Gives the function that ends it. */
function listen(): () => void {
	const update = () => void tell(load);
	const stops = [
		client.onStatus((status) => {
			find("#status", HTMLElement).textContent = status === "open" ? "Live" : "Connecting …";
			if (status === "open") update();
		}),
		client.onResync(update),
		client.collection("entries").onChange(update),
	];
	return () => {
		for (const stop of stops) stop();
	};
}

function show(user: User | undefined): void {
	if (shown !== undefined && shown?.id === user?.id) return;
	shown = user ?? null;
	find("#welcome", HTMLElement).hidden = user !== undefined;
	for (const id of ["#sheet", "#who"]) find(id, HTMLElement).hidden = user === undefined;
	find("#email", HTMLElement).textContent = user?.email ?? "";
	stop();
	stop = user ? listen() : () => {};
	turn++;
	showSheet([], []);
	if (user) void tell(load);
}

/** Says what went wrong. Whoever is signed out by now sees the form. */
async function tell(call: () => Promise<unknown>): Promise<boolean> {
	try {
		await call();
		return true;
	} catch (error) {
		if (!isUserDOError(error)) throw error;
		if (shown === null && error.code === "unauthorized") return false;
		notice.textContent = error.issues?.[0]?.message ?? error.message;
		return false;
	}
}

/** Does what the person asks for, and no longer says what went wrong before. */
function attempt(call: () => Promise<unknown>): Promise<boolean> {
	notice.textContent = "";
	return tell(call);
}

async function run(call: () => Promise<unknown>): Promise<void> {
	if (await attempt(call)) await tell(load);
}

find("#sign-in", HTMLFormElement).addEventListener("submit", async (event) => {
	event.preventDefault();
	const form = event.currentTarget as HTMLFormElement;
	const data = new FormData(form, event.submitter);
	const [email, password] = [String(data.get("email")), String(data.get("password"))];
	const name = data.get("action") === "signup" ? "signup" : "login";
	if (await attempt(() => client[name](email, password))) form.reset();
});

find("#sign-out", HTMLButtonElement).addEventListener("click", () => {
	void attempt(() => client.logout());
});

find("#start", HTMLFormElement).addEventListener("submit", async (event) => {
	event.preventDefault();
	const form = event.currentTarget as HTMLFormElement;
	const data = new FormData(form);
	const body = { project: String(data.get("project")), note: String(data.get("note")) };
	if (!(await attempt(() => api("POST /entries", { body })))) return;
	form.reset();
	await tell(load);
});

client.onAuthStateChanged(show);
void tell(async () => show(await client.me()));
