import type { Draft, PostJson } from "../post.js";
import { clone, find } from "./dom.js";
import { createDraftForm, type DraftForm } from "./draft-form.js";
import { showTime } from "./time.js";

export interface NoteActions {
	/** Saves an edit. `isGone`: the note was deleted elsewhere meanwhile. */
	save: (post: PostJson, draft: Draft, isGone: boolean) => Promise<void>;
	remove: (post: PostJson) => void;
	/** The edit of a note that is gone was given up. */
	dismiss: (post: PostJson) => void;
}

const texts = {
	changed: "This note was changed in another window. Saving replaces that text.",
	gone: "This note was deleted in another window. Saving adds your text as a new note.",
};

/** One note of the list: to read, or being edited. A live change never touches what is being written. */
export class NoteView {
	readonly element = clone("#note-template", HTMLLIElement);
	readonly #article = find("article", HTMLElement, this.element);
	readonly #editButton = find("[data-edit]", HTMLButtonElement, this.element);
	readonly #actions: NoteActions;
	#post: PostJson;
	#editor: DraftForm | undefined;
	#isSaving = false;
	#isGone = false;

	constructor(post: PostJson, actions: NoteActions) {
		this.#post = post;
		this.#actions = actions;
		this.#editButton.addEventListener("click", () => this.#edit());
		find("[data-delete]", HTMLButtonElement, this.element).addEventListener("click", () =>
			actions.remove(this.#post),
		);
		this.#show();
	}

	get post(): PostJson {
		return this.#post;
	}

	/** Shows a newer version; what the person is writing stays, and they are told. */
	update(post: PostJson): void {
		const before = this.#post;
		if (before === post) return;
		this.#post = post;
		this.#show();
		if (this.#editor === undefined || this.#isSaving || isSame(before, post)) return;
		if (isSame(this.#editor.draft, before)) this.#editor.fill(post);
		else this.#warn();
	}

	/**
	 * The note is gone.
	 *
	 * @returns whether the view may go too: it stays while something is being written in it
	 */
	drop(): boolean {
		if (this.#editor === undefined || isSame(this.#editor.draft, this.#post)) return true;
		if (!this.#isGone) {
			this.#isGone = true;
			if (!this.#isSaving) this.#warn();
		}
		return false;
	}

	focus(): void {
		this.#editButton.focus();
	}

	#edit(): void {
		this.#editor = createDraftForm({
			submitLabel: "Save",
			save: (draft) => this.#save(draft),
			cancel: () => this.#cancel(),
		});
		this.#editor.element.setAttribute("aria-label", `Edit ${this.#post.title}`);
		this.#editor.fill(this.#post);
		this.#article.hidden = true;
		this.element.append(this.#editor.element);
		this.#editor.focus();
	}

	async #save(draft: Draft): Promise<void> {
		const before = this.#post;
		const wasGone = this.#isGone;
		this.#isSaving = true;
		try {
			await this.#actions.save(before, draft, wasGone);
		} catch (error) {
			if (this.#isGone !== wasGone || this.#post !== before) this.#warn();
			throw error;
		} finally {
			this.#isSaving = false;
		}
		this.#close();
	}

	#cancel(): void {
		this.#close();
		if (this.#isGone) this.#actions.dismiss(this.#post);
	}

	#close(): void {
		this.#editor?.element.remove();
		this.#editor = undefined;
		this.#article.hidden = false;
		if (this.element.isConnected) this.focus();
	}

	#warn(): void {
		if (this.#isGone) this.#editor?.warn(texts.gone);
		else this.#editor?.warn(texts.changed, this.#post);
	}

	#show(): void {
		const { title, content, createdAt, updatedAt } = this.#post;
		find("[data-title]", HTMLElement, this.#article).textContent = title;
		const text = find("[data-content]", HTMLElement, this.#article);
		text.textContent = content;
		text.hidden = content === "";
		this.#editButton.setAttribute("aria-label", `Edit ${title}`);
		find("[data-delete]", HTMLElement, this.#article).setAttribute("aria-label", `Delete ${title}`);
		const time = find("[data-time]", HTMLTimeElement, this.#article);
		showTime(time, createdAt);
		// A new row's two times are taken one after the other, so they may differ a little.
		const isEdited = Date.parse(updatedAt) - Date.parse(createdAt) > 1000;
		find("[data-edited]", HTMLElement, this.#article).hidden = !isEdited;
	}
}

function isSame(a: Draft, b: Draft): boolean {
	return a.title === b.title && a.content === b.content;
}
