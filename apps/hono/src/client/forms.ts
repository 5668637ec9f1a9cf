// What a script adds to the forms of all pages; they work without it.
import { createReveal } from "./reveal.js";

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-reveal]")) {
	const input = document.getElementById(button.dataset.reveal ?? "");
	if (input instanceof HTMLInputElement) createReveal(input, button);
}

// The token of a mailed link must not stay in the history, nor be in what people copy from there; and
// a reload should not tell once more what was told.
history.replaceState(null, "", `${location.pathname}${kept()}${location.hash}`);

const form = document.querySelector<HTMLFormElement>("form[data-submit-at-once]");
form?.requestSubmit();

// Pressed twice, a form would be sent twice.
const sent = new WeakSet<HTMLFormElement>();
addEventListener("submit", (event) => {
	const { target } = event;
	if (event.defaultPrevented || !(target instanceof HTMLFormElement)) return;
	if (sent.has(target)) event.preventDefault();
	sent.add(target);
	target.setAttribute("aria-busy", "true");
});
// Back again by the browser's own button.
addEventListener("pageshow", ({ persisted }) => {
	if (persisted) location.reload();
});

function kept(): string {
	const words = new URLSearchParams(location.search).get("q");
	return words === null ? "" : `?${new URLSearchParams({ q: words })}`;
}
