import { isUserDOError, type UserDOClient, type UserSession } from "userdo/client";
import { announce, clone, find } from "./dom.js";
import { errorText } from "./errors.js";
import { onPress } from "./press.js";
import { showTime } from "./time.js";

/** Where the user is signed in, and the end of it. */
export function createSessionsList(client: UserDOClient, refresh: () => Promise<void>) {
	const list = find("#sessions", HTMLUListElement);
	const heading = find("#sessions-heading", HTMLElement);
	const alert = find("#sessions-alert", HTMLElement);
	const others = find("#sign-out-others", HTMLButtonElement);
	const rows = new Map<string, HTMLLIElement>();

	onPress(others, () =>
		end(() => client.revokeOtherSessions(), "You are signed out everywhere else."),
	);

	async function end(run: () => Promise<void>, done: string): Promise<void> {
		alert.textContent = "";
		try {
			await run();
			announce(done);
		} catch (error) {
			// Over already, which is what was wanted.
			if (!isUserDOError(error, "not_found")) alert.textContent = errorText(error);
		}
		await refresh();
	}

	function addRow({ id, device, createdAt, current }: UserSession): HTMLLIElement {
		const row = clone("#session-template", HTMLLIElement);
		find("[data-device]", HTMLElement, row).textContent = device;
		find("[data-current]", HTMLElement, row).hidden = !current;
		find("[data-now]", HTMLElement, row).hidden = !current;
		find("[data-used]", HTMLElement, row).hidden = current;
		showTime(find("[data-created]", HTMLTimeElement, row), createdAt);
		const button = find("[data-end]", HTMLButtonElement, row);
		// This one has the button at the top of the page.
		button.hidden = current;
		button.setAttribute("aria-label", `Sign out ${device}`);
		onPress(button, () => end(() => client.revokeSession(id), `${device} is signed out.`));
		rows.set(id, row);
		return row;
	}

	return {
		show(sessions: UserSession[]): void {
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
				const row = rows.get(session.id) ?? addRow(session);
				showTime(find("[data-used] time", HTMLTimeElement, row), session.lastUsedAt);
				// Only what is out of place moves: moving an element takes the focus out of it.
				const present = list.children.item(index);
				if (present !== row) list.insertBefore(row, present);
			}
			const isAlone = sessions.length < 2;
			if (isAlone && others === had) heading.focus();
			others.hidden = isAlone;
		},
		fail(error: unknown): void {
			// A list that is shown stays; the status says that it may be old.
			if (rows.size === 0) alert.textContent = errorText(error);
		},
		loaded(): void {
			if (rows.size === 0) alert.textContent = "";
		},
		clear(): void {
			rows.clear();
			list.replaceChildren();
			others.hidden = true;
			alert.textContent = "";
		},
	};
}
