import { select } from "./page.js";

export interface Bookmark {
	id: string;
	url: string;
	title: string;
	isRead: boolean;
}

export interface BookmarkActions {
	toggle(bookmark: Bookmark): void;
	remove(bookmark: Bookmark): void;
}

/** Shows the bookmarks, those that are still being saved in grey. */
export function showBookmarks(
	bookmarks: readonly Bookmark[],
	pending: readonly string[],
	actions: BookmarkActions,
): void {
	const rows = (isRead: boolean) =>
		bookmarks
			.filter((bookmark) => bookmark.isRead === isRead)
			.map((bookmark) => showRow(bookmark, pending.includes(bookmark.id), actions));
	const [unread, read] = [rows(false), rows(true)];
	select("#unread", HTMLElement).replaceChildren(...unread);
	select("#read", HTMLElement).replaceChildren(...read);
	select("#empty", HTMLElement).hidden = unread.length > 0;
	select("#read-section", HTMLElement).hidden = read.length === 0;
}

function showRow(bookmark: Bookmark, isPending: boolean, { toggle, remove }: BookmarkActions) {
	const { title, url, isRead } = bookmark;
	const link = Object.assign(document.createElement("a"), {
		href: url,
		textContent: title,
		rel: "noreferrer",
		target: "_blank",
	});
	const site = document.createElement("small");
	site.textContent = URL.parse(url)?.host ?? url;
	const text = document.createElement("div");
	text.append(link, site);
	const row = document.createElement("li");
	row.ariaBusy = String(isPending);
	row.append(
		text,
		button(isRead ? "Unread" : "Done", title, () => toggle(bookmark)),
		button("Delete", title, () => remove(bookmark)),
	);
	return row;
}

function button(label: string, title: string, onclick: () => void): HTMLButtonElement {
	const element = document.createElement("button");
	return Object.assign(element, {
		type: "button",
		textContent: label,
		ariaLabel: `${label}: ${title}`,
		onclick,
	});
}
