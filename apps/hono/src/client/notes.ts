import { isUserDOError } from "userdo/client";
import { live } from "userdo/live";
import type { Draft, Note } from "../collections.js";
import type { Client } from "./client.js";
import { confirmDelete } from "./confirm.js";
import { announce, find } from "./dom.js";
import { enhanceDraftForm } from "./draft-form.js";
import { errorText } from "./error-text.js";
import { NoteView } from "./note-view.js";
import { hideNotice, showNotice } from "./notice.js";
import { createSearch } from "./search.js";

/** Takes over the list of notes and the form for a new one, as the server has rendered them. */
export function createNotes(client: Client): void {
	const posts = live(client.collection("posts"));
	const views = new Map<string, NoteView>();
	const list = find("#notes", HTMLOListElement);
	const heading = find("#notes-heading", HTMLElement);
	const failed = find("#failed", HTMLElement);
	const empty = find("#empty", HTMLElement);
	const noneFound = find("#none-found", HTMLElement);
	const search = find("search", HTMLElement);
	/** Undefined until the first rows have come: until then the server's list stands. */
	let rows: readonly Note[] | undefined;
	let pending: readonly string[] = [];
	/** Undefined where nothing is searched. */
	let found: ReadonlySet<string> | undefined;

	const composer = enhanceDraftForm(find("#composer form", HTMLFormElement), {
		save: async (draft) => {
			await posts.create(draft);
			composer.fill({ title: "", content: "" });
			composer.focus();
			announce("Note added.");
		},
	});

	const searching = createSearch((ids) => {
		found = ids;
		render();
	});
	// Until it is asked anew, what the server has found.
	if (searching.isOn) found = new Set(renderedItems().map(({ dataset }) => dataset.id ?? ""));

	posts.orderBy("createdAt", "desc").subscribe((snapshot) => {
		const isLoaded = rows !== undefined || snapshot.status === "live";
		failed.hidden = isLoaded || snapshot.status !== "error";
		if (!isLoaded) return;
		const isOther = rows !== snapshot.data;
		({ data: rows, pending } = snapshot);
		render();
		if (isOther) searching.refresh();
	});

	async function save(note: Note, draft: Draft, isGone: boolean): Promise<void> {
		if (isGone) {
			await posts.create(draft);
			dismiss(note);
			announce("Note added.");
			return;
		}
		await posts.update(note.id, draft);
		announce("Note saved.");
	}

	async function remove(note: Note): Promise<void> {
		if (!(await confirmDelete(note.title))) return;
		hideNotice();
		try {
			await posts.delete(note.id);
			announce("Note deleted.");
		} catch (error) {
			if (!isUserDOError(error, "not_found")) showNotice(errorText(error));
		}
	}

	/** Takes a note's view away even though something was being written in it. */
	function dismiss({ id }: Note): void {
		takeAway(id);
		render();
	}

	function render(): void {
		if (rows === undefined) return;
		const isFirst = views.size === 0 && renderedItems().length > 0;
		const known = new Set(rows.map(({ id }) => id));
		for (const note of rows) (views.get(note.id) ?? addView(note, known, !isFirst)).update(note);
		for (const [id, view] of views) {
			if (!known.has(id) && view.drop()) takeAway(id);
			view.isSaving = pending.includes(id);
			view.element.hidden = found !== undefined && !found.has(id) && !view.isEdited;
		}
		// What the server had rendered and is gone by now.
		for (const item of renderedItems()) if (!views.has(item.dataset.id ?? "")) item.remove();
		sort();
		const isNone = views.size === 0;
		empty.hidden = !isNone;
		search.hidden = isNone && !searching.isOn;
		const isNothing = [...views.values()].every(({ element }) => element.hidden);
		noneFound.hidden = isNone || !isNothing;
	}

	/** Newest first; one that is gone, and is still being written in, stays where it was. */
	function sort(): void {
		const ordered = [...views.values()].toSorted((a, b) =>
			b.note.createdAt.localeCompare(a.note.createdAt),
		);
		for (const [index, { element }] of ordered.entries()) {
			// Only what is out of place moves: moving an element takes the focus out of it.
			const present = list.children.item(index);
			if (present !== element) list.insertBefore(element, present);
		}
	}

	function addView(note: Note, known: ReadonlySet<string>, isNew: boolean): NoteView {
		// A new row goes on under the id that the server has given it.
		const own = [...views].find(([id, view]) => !known.has(id) && view.isDraftOf(note));
		if (own) {
			const [id, view] = own;
			views.delete(id);
			views.set(note.id, view);
			return view;
		}
		const item = renderedItems().find(({ dataset }) => dataset.id === note.id);
		const view = new NoteView(note, { save, remove, dismiss }, item);
		view.element.classList.toggle("arrived", isNew && item === undefined);
		views.set(note.id, view);
		return view;
	}

	function renderedItems(): HTMLLIElement[] {
		return [...list.querySelectorAll<HTMLLIElement>("li[data-id]")];
	}

	function takeAway(id: string): void {
		const element = views.get(id)?.element;
		if (element === undefined) return;
		const next = element.nextElementSibling ?? element.previousElementSibling;
		const hadFocus = element.contains(document.activeElement);
		element.remove();
		views.delete(id);
		if (!hadFocus) return;
		const neighbour = [...views.values()].find((view) => view.element === next);
		if (neighbour) neighbour.focus();
		else heading.focus();
	}
}
