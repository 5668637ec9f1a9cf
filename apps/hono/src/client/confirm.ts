import { find } from "./dom.js";

/** Ends the question that is open, if there is one. */
let endQuestion = () => {};

/** Asks before a note is deleted; Escape keeps it. The browser gives the focus back afterwards. */
export function confirmDelete(title: string): Promise<boolean> {
	const dialog = find("#confirm", HTMLDialogElement);
	const deleteButton = find("#confirm-delete", HTMLButtonElement, dialog);
	const cancelButton = find("#confirm-cancel", HTMLButtonElement, dialog);
	const text = find("#confirm-text", HTMLElement, dialog);
	endQuestion();
	text.textContent = `“${title}” goes away in every window.`;
	const asked = new AbortController();
	return new Promise((resolve) => {
		const { signal } = asked;
		let isConfirmed = false;
		endQuestion = () => {
			asked.abort();
			resolve(isConfirmed);
		};
		deleteButton.addEventListener(
			"click",
			() => {
				isConfirmed = true;
				dialog.close();
			},
			{ signal },
		);
		cancelButton.addEventListener("click", () => dialog.close(), { signal });
		dialog.addEventListener(
			"close",
			() => {
				// The event comes a moment after the closing: the next question may be open by then.
				if (dialog.open) return;
				text.textContent = "";
				endQuestion();
			},
			{ signal },
		);
		dialog.showModal();
	});
}
