import type { Draft, Note } from "../collections.js";
import { clone, find } from "./dom.js";
import { type DraftForm, enhanceDraftForm } from "./draft-form.js";
import { showTime } from "./time.js";

export interface NoteActions {
	/** Saves an edit. `isGone`: the note was deleted elsewhere meanwhile. */
	save: (note: Note, draft: Draft, isGone: boolean) => Promise<void>;
	remove: (note: Note) => void;
	/** The edit of a note that is gone was given up. */
	dismiss: (note: Note) => void;
}

const texts = {
	changed: "This note was changed in another window. Saving replaces that text.",
	gone: "This note was deleted in another window. Saving adds your text as a new note.",
};

/** One note of the list: to read, or being edited. A live change never touches what is being written. */
export class NoteView {
	readonly element: HTMLLIElement;
	readonly #article: HTMLElement;
	readonly #editLink: HTMLAnchorElement;
	readonly #actions: NoteActions;
	#note: Note;
	#editor: DraftForm | undefined;
	/** What is on its way to the server. */
	#sent: Draft | undefined;
	#isGone = false;

	/** @param element as the server has rendered it; else it is made from the page's template */
	constructor(note: Note, actions: NoteActions, element?: HTMLLIElement) {
		this.element = element ?? clone("#note-template", HTMLLIElement);
		this.#article = find("article", HTMLElement, this.element);
		this.#editLink = find("[data-edit]", HTMLAnchorElement, this.element);
		this.#note = note;
		this.#actions = actions;
		onPress(this.#editLink, () => this.#edit());
		onPress(find("[data-delete]", HTMLAnchorElement, this.element), () =>
			actions.remove(this.#note),
		);
		this.#show();
	}

	get note(): Note {
		return this.#note;
	}

	get isEdited(): boolean {
		return this.#editor !== undefined;
	}

	set isSaving(isSaving: boolean) {
		find("[data-saving]", HTMLElement, this.#article).hidden = !isSaving;
	}

	/** Whether this shows a new row, not confirmed yet, that the server's row has become of. */
	isDraftOf(note: Note): boolean {
		return this.#note.id.startsWith("~") && isSame(this.#note, note);
	}

	/** Shows a newer version; what the person is writing stays, and they are told. */
	update(note: Note): void {
		const before = this.#note;
		if (before === note) return;
		this.#note = note;
		this.#show();
		if (this.#editor === undefined || this.#sent !== undefined || isSame(before, note)) return;
		if (isSame(this.#editor.draft, before)) this.#editor.fill(note);
		else this.#warn();
	}

	/**
	 * The note is gone.
	 *
	 * @returns whether the view may go too: it stays while something is being written in it
	 */
	drop(): boolean {
		if (this.#editor === undefined || isSame(this.#editor.draft, this.#note)) return true;
		if (!this.#isGone) {
			this.#isGone = true;
			if (this.#sent === undefined) this.#warn();
		}
		return false;
	}

	focus(): void {
		this.#editLink.focus();
	}

	#edit(): void {
		this.#editor = enhanceDraftForm(clone("#draft-template", HTMLFormElement), {
			save: (draft) => this.#save(draft),
			cancel: () => this.#cancel(),
		});
		this.#editor.element.setAttribute("aria-label", `Edit ${this.#note.title}`);
		this.#editor.fill(this.#note);
		this.#article.hidden = true;
		this.element.append(this.#editor.element);
		this.#editor.focus();
	}

	async #save(draft: Draft): Promise<void> {
		const before = this.#note;
		const wasGone = this.#isGone;
		this.#sent = draft;
		try {
			await this.#actions.save(before, draft, wasGone);
		} catch (error) {
			// What is shown of this very save is no change of another window.
			const isOwn = isSame(this.#note, before) || isSame(this.#note, draft);
			if (this.#isGone !== wasGone || !isOwn) this.#warn();
			throw error;
		} finally {
			this.#sent = undefined;
		}
		this.#close();
	}

	#cancel(): void {
		this.#close();
		if (this.#isGone) this.#actions.dismiss(this.#note);
	}

	#close(): void {
		this.#editor?.element.remove();
		this.#editor = undefined;
		this.#article.hidden = false;
		if (this.element.isConnected) this.focus();
	}

	#warn(): void {
		if (this.#isGone) this.#editor?.warn(texts.gone);
		else this.#editor?.warn(texts.changed, this.#note);
	}

	#show(): void {
		const { id, title, content, createdAt, updatedAt } = this.#note;
		this.element.dataset.id = id;
		this.element.id = `note-${id}`;
		find("[data-title]", HTMLElement, this.#article).textContent = title;
		const text = find("[data-content]", HTMLElement, this.#article);
		text.textContent = content;
		text.hidden = content === "";
		const deleteLink = find("[data-delete]", HTMLAnchorElement, this.#article);
		this.#editLink.href = `/notes/${encodeURIComponent(id)}`;
		this.#editLink.ariaLabel = `Edit ${title}`;
		deleteLink.href = `${this.#editLink.pathname}/delete`;
		deleteLink.ariaLabel = `Delete ${title}`;
		showTime(find("time", HTMLTimeElement, this.#article), createdAt);
		// A new row's two times are taken one after the other, so they may differ a little.
		const isEdited = Date.parse(updatedAt) - Date.parse(createdAt) > 1000;
		find("[data-edited]", HTMLElement, this.#article).hidden = !isEdited;
	}
}

/** A link that leads to a page without script; pressed with a key held down it still does. */
function onPress(link: HTMLAnchorElement, run: () => void): void {
	link.addEventListener("click", (event) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
		event.preventDefault();
		run();
	});
}

function isSame(a: Draft, b: Draft): boolean {
	return a.title === b.title && a.content === b.content;
}
