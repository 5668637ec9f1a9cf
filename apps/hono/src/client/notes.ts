import { isUserDOError, type UserDOClient } from "userdo/client";
import type { Draft, PostJson } from "../post.js";
import { cancelConfirm, confirmDelete } from "./confirm.js";
import { announce, find } from "./dom.js";
import { createDraftForm } from "./draft-form.js";
import { errorText } from "./errors.js";
import { NoteView } from "./note-view.js";
import { hideNotice, showNotice } from "./notice.js";
import { newestFirst, type PostChange, PostStore } from "./post-store.js";
import { createPostsApi } from "./posts-api.js";

/** The list of notes and the form for a new one. */
export function createNotes(client: UserDOClient) {
	const api = createPostsApi(client);
	const store = new PostStore();
	const views = new Map<string, NoteView>();
	const list = find("#notes", HTMLOListElement);
	const heading = find("#notes-heading", HTMLElement);
	const loading = find("#loading", HTMLElement);
	const failed = find("#failed", HTMLElement);
	const empty = find("#empty", HTMLElement);
	const unsubscribe: (() => void)[] = [];
	let isLoaded = false;

	const composer = createDraftForm({
		submitLabel: "Add note",
		save: async (draft) => {
			await create(draft);
			composer.fill({ title: "", content: "" });
			composer.focus();
		},
	});
	find("#composer", HTMLElement).append(composer.element);
	find("#reload", HTMLButtonElement).addEventListener("click", () => void load());

	async function load(): Promise<void> {
		failed.hidden = true;
		loading.hidden = isLoaded;
		try {
			if (!(await store.load(api.list))) return;
			isLoaded = true;
			failed.hidden = true;
			render();
		} catch (error) {
			// A list that is shown stays; the status says that it may be old.
			if (!isLoaded && !isUserDOError(error, "unauthorized")) failed.hidden = false;
		}
		loading.hidden = true;
	}

	async function create(draft: Draft): Promise<void> {
		apply({ type: "create", data: await api.create(draft) });
		announce("Note added.");
	}

	async function save(post: PostJson, draft: Draft, isGone: boolean): Promise<void> {
		if (isGone) {
			await create(draft);
			dismiss(post);
			return;
		}
		try {
			apply({ type: "update", data: await api.update(post.id, draft) });
			announce("Note saved.");
		} catch (error) {
			// Deleted elsewhere, and this window has not heard of it yet.
			if (isUserDOError(error, "not_found")) apply({ type: "delete", data: post });
			throw error;
		}
	}

	async function remove(post: PostJson): Promise<void> {
		if (!(await confirmDelete(post.title))) return;
		hideNotice();
		try {
			await api.delete(post.id);
		} catch (error) {
			if (!isUserDOError(error, "not_found")) return showNotice(errorText(error));
		}
		apply({ type: "delete", data: post });
		announce("Note deleted.");
	}

	/** Takes a note's view away even though something was being written in it. */
	function dismiss(post: PostJson): void {
		takeAway(post.id);
		render();
	}

	function apply(change: PostChange): void {
		store.apply(change);
		if (isLoaded) render();
	}

	function render(): void {
		const known = new Set(store.posts.map(({ id }) => id));
		const isFirst = views.size === 0 && list.childElementCount === 0 && empty.hidden;
		for (const [id, view] of views) {
			if (!known.has(id) && view.drop()) takeAway(id);
		}
		for (const post of store.posts) {
			const view = views.get(post.id);
			if (view) view.update(post);
			else addView(post, !isFirst);
		}
		const ordered = [...views.values()].sort((a, b) => newestFirst(a.post, b.post));
		for (const [index, { element }] of ordered.entries()) {
			// Only what is out of place moves: moving an element takes the focus out of it.
			const present = list.children.item(index);
			if (present !== element) list.insertBefore(element, present);
		}
		empty.hidden = ordered.length > 0;
	}

	function addView(post: PostJson, isNew: boolean): void {
		const view = new NoteView(post, { save, remove, dismiss });
		view.element.classList.toggle("arrived", isNew);
		views.set(post.id, view);
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

	return {
		/** Shows the notes of the user who is signed in, and follows them. */
		open(): void {
			let wasOpen = false;
			unsubscribe.push(
				api.onChange((change) => {
					// A note too large for the socket comes without its text.
					if (typeof change.data.title === "string") apply(change);
					else void load();
				}),
				client.onResync(() => void load()),
				client.onStatus((status) => {
					if (status !== "open") return;
					// The first list was read before the socket began to tell changes.
					if (!wasOpen) void load();
					wasOpen = true;
				}),
			);
			void load();
		},
		/** Forgets everything of that user. */
		close(): void {
			for (const stop of unsubscribe.splice(0)) stop();
			cancelConfirm();
			store.clear();
			views.clear();
			list.replaceChildren();
			isLoaded = false;
			for (const element of [empty, failed, loading]) element.hidden = true;
			composer.fill({ title: "", content: "" });
			hideNotice();
		},
	};
}
