import { isUserDOError, type UserDOClient } from "userdo/client";
import { type LiveSnapshot, live } from "userdo/live";
import type { contents } from "../note.js";
import { errorText, find } from "./dom.js";

type Client = UserDOClient<typeof contents>;
type Row = Awaited<ReturnType<ReturnType<typeof collectionOf>["findById"]>>;
type Note = NonNullable<Row>;

const collectionOf = (client: Client) => client.collection("notes");
const statuses = {
	loading: "Connecting…",
	live: "Live",
	offline: "Reconnecting…",
	error: "Offline",
};
const time = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** The list of notes, which is the same in every window of the user, and the form for a new one. */
export function createNotes(client: Client) {
	const notes = live(collectionOf(client));
	const newest = notes.orderBy("createdAt", "desc").limit(100);
	const list = find("#notes", HTMLOListElement);
	const empty = find("#empty", HTMLElement);
	const notice = find("#notice", HTMLElement);
	const text = find("#text", HTMLTextAreaElement);
	const form = find("#composer", HTMLFormElement);
	/** What is in the list, by id: an element stays while its note does, and the focus with it. */
	const items = new Map<string, HTMLElement>();
	let stop: (() => void) | undefined;

	function complain(error: unknown): void {
		const issue = isUserDOError(error) ? error.issues?.[0]?.message : undefined;
		notice.textContent = issue ?? errorText(error);
	}

	function render({ data, status, pending }: LiveSnapshot<readonly Note[]>): void {
		find("#status", HTMLElement).dataset.status = status;
		find("#status-text", HTMLElement).textContent = statuses[status];
		for (const [id, item] of items) {
			if (data.some((note) => note.id === id)) continue;
			item.remove();
			items.delete(id);
		}
		for (const [index, note] of data.entries()) {
			const item = items.get(note.id) ?? createItem(note);
			items.set(note.id, item);
			item.toggleAttribute("data-pending", pending.includes(note.id));
			if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
		}
		empty.hidden = data.length > 0 || status === "loading";
	}

	function createItem({ id, text, createdAt }: Note): HTMLElement {
		const template = find("#note", HTMLTemplateElement).content;
		const item = find("li", HTMLElement, document.importNode(template, true));
		find(".note-text", HTMLElement, item).textContent = text;
		const at = find("time", HTMLTimeElement, item);
		at.dateTime = createdAt;
		at.textContent = time.format(new Date(createdAt));
		const remove = find("button", HTMLButtonElement, item);
		remove.setAttribute("aria-label", `Delete ${text.slice(0, 40)}`);
		remove.addEventListener("click", () => {
			notes.delete(id).catch(complain);
			find("#notes-heading", HTMLElement).focus();
		});
		return item;
	}

	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const written = text.value.trim();
		if (written === "") return;
		notice.textContent = "";
		text.value = "";
		notes.create({ text: written }).catch((error) => {
			// What could not be saved is not lost.
			if (text.value === "") text.value = written;
			complain(error);
		});
	});
	text.addEventListener("keydown", (event) => {
		if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
		event.preventDefault();
		form.requestSubmit();
	});

	return {
		complain,
		open(): void {
			stop = newest.subscribe(render);
		},
		close(): void {
			stop?.();
			stop = undefined;
			items.clear();
			list.replaceChildren();
			notice.textContent = "";
			text.value = "";
		},
	};
}
