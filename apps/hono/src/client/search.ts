import { find } from "./dom.js";

/** While somebody types, and while rows change. */
const wait = 150;

/**
 * The notes that have all of the words, as the server finds them: asked for while the person types.
 *
 * @param show is given the ids; undefined where all notes are meant
 */
export function createSearch(show: (ids: ReadonlySet<string> | undefined) => void) {
	const form = find("#search", HTMLFormElement);
	const input = find("[name=q]", HTMLInputElement, form);
	let words = input.value.trim();
	let question = new AbortController();
	let timer: number | undefined;

	async function ask(): Promise<void> {
		question.abort();
		if (words === "") return show(undefined);
		question = new AbortController();
		const { signal } = question;
		try {
			const response = await fetch(`/api/posts/search?${new URLSearchParams({ q: words })}`, {
				signal,
			});
			if (!response.ok) return;
			const { ids } = (await response.json()) as { ids: string[] };
			if (!signal.aborted) show(new Set(ids));
		} catch {
			// What was found before stays; the status says that it may be old.
		}
	}

	function askSoon(): void {
		clearTimeout(timer);
		timer = setTimeout(ask, wait);
	}

	function change(): void {
		words = input.value.trim();
		const query = words === "" ? "" : `?${new URLSearchParams({ q: words })}`;
		history.replaceState(null, "", `${location.pathname}${query}`);
	}

	input.addEventListener("input", () => {
		change();
		askSoon();
	});
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		change();
		void ask();
	});
	find("[type=submit]", HTMLElement, form).hidden = true;
	const all = form.querySelector<HTMLAnchorElement>("[data-show-all]");
	if (all) all.hidden = true;

	return {
		get isOn(): boolean {
			return words !== "";
		},
		/** The rows have changed: others may have the words now. */
		refresh(): void {
			if (words !== "") askSoon();
		},
	};
}
