import { isUserDOError, type UserSession } from "userdo/client";
import type { Client } from "./client.js";
import { announce, clone, find } from "./dom.js";
import { errorText } from "./error-text.js";
import { showTime } from "./time.js";

/** A sign-in elsewhere sends this window no event, so it asks. */
const refreshEvery = 5_000;

/** Where the user is signed in, the end of it, and whether the address is confirmed. */
export function createSessionsList(client: Client): void {
	const list = find("#session-list", HTMLUListElement);
	const heading = find("#sessions-heading", HTMLElement);
	const alert = find("#sessions-alert", HTMLElement);
	const others = find("#sign-out-others", HTMLFormElement);
	const rows = new Map<string, HTMLLIElement>();
	/** The newest question that was asked: an older answer must not bring back what has ended. */
	let asked = 0;
	let timer: number | undefined;
	let isBusy = false;

	async function refresh(): Promise<void> {
		const question = ++asked;
		try {
			const [user, sessions] = await Promise.all([client.me(), client.sessions()]);
			if (question !== asked) return;
			showAddress(user?.emailVerified ?? false);
			show(sessions);
		} catch {
			// A list that is shown stays; the status says that it may be old.
		} finally {
			if (question === asked) {
				clearTimeout(timer);
				timer = setTimeout(refreshIfSeen, refreshEvery);
			}
		}
	}

	function refreshIfSeen(): void {
		if (document.visibilityState === "visible") void refresh();
	}

	function onEnd(form: HTMLFormElement, run: () => Promise<void>, done: string): void {
		form.addEventListener("submit", async (event) => {
			event.preventDefault();
			if (isBusy) return;
			isBusy = true;
			alert.textContent = "";
			try {
				await run();
				announce(done);
			} catch (error) {
				// Over already, which is what was wanted.
				if (!isUserDOError(error, "not_found")) alert.textContent = errorText(error);
			}
			isBusy = false;
			await refresh();
		});
	}

	function addRow(row: HTMLLIElement, id: string, device: string): HTMLLIElement {
		const form = find("form", HTMLFormElement, row);
		onEnd(form, () => client.revokeSession(id), `${device} is signed out.`);
		rows.set(id, row);
		return row;
	}

	function createRow({ id, device, createdAt, current }: UserSession): HTMLLIElement {
		const row = clone("#session-template", HTMLLIElement);
		find("[data-device]", HTMLElement, row).textContent = device;
		find("[data-current]", HTMLElement, row).hidden = !current;
		find("[data-now]", HTMLElement, row).hidden = !current;
		find("[data-used]", HTMLElement, row).hidden = current;
		showTime(find("[data-created] time", HTMLTimeElement, row), createdAt);
		find("form", HTMLFormElement, row).hidden = current;
		find("[data-end]", HTMLElement, row).setAttribute("aria-label", `Sign out ${device}`);
		return addRow(row, id, device);
	}

	function show(sessions: UserSession[]): void {
		const had = document.activeElement;
		const ids = new Set(sessions.map(({ id }) => id));
		for (const [id, row] of rows) {
			if (ids.has(id)) continue;
			const hadFocus = row.contains(had);
			row.remove();
			rows.delete(id);
			if (hadFocus) heading.focus();
		}
		// This one first, then by their last use.
		const ordered = sessions.toSorted(
			(a, b) => Number(b.current) - Number(a.current) || b.lastUsedAt.localeCompare(a.lastUsedAt),
		);
		for (const [index, session] of ordered.entries()) {
			const row = rows.get(session.id) ?? createRow(session);
			showTime(find("[data-used] time", HTMLTimeElement, row), session.lastUsedAt);
			// Only what is out of place moves: moving an element takes the focus out of it.
			const present = list.children.item(index);
			if (present !== row) list.insertBefore(row, present);
		}
		const isAlone = sessions.length < 2;
		if (isAlone && others.contains(had)) heading.focus();
		others.hidden = isAlone;
	}

	function showAddress(isConfirmed: boolean): void {
		const unconfirmed = find("#unconfirmed", HTMLElement);
		const hadFocus = unconfirmed.contains(document.activeElement);
		find("#confirmed", HTMLElement).hidden = !isConfirmed;
		unconfirmed.hidden = isConfirmed;
		if (isConfirmed && hadFocus) find("#address-heading", HTMLElement).focus();
	}

	for (const row of list.querySelectorAll<HTMLLIElement>("[data-id]")) {
		const device = find("[data-device]", HTMLElement, row).textContent ?? "";
		addRow(row, row.dataset.id ?? "", device);
	}
	onEnd(others, () => client.revokeOtherSessions(), "You are signed out everywhere else.");
	document.addEventListener("visibilitychange", refreshIfSeen);
	client.onStatus((status) => {
		if (status === "open") refreshIfSeen();
	});
	void refresh();
}
