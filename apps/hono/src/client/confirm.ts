import { find } from "./dom.js";

/** Asks before a note is deleted; Escape keeps it. The browser gives the focus back afterwards. */
export function confirmDelete(title: string): Promise<boolean> {
	const dialog = find("#confirm", HTMLDialogElement);
	const deleteButton = find("#confirm-delete", HTMLButtonElement, dialog);
	const cancelButton = find("#confirm-cancel", HTMLButtonElement, dialog);
	const text = find("#confirm-text", HTMLElement, dialog);
	text.textContent = `“${title}” goes away in every window.`;
	const asked = new AbortController();
	return new Promise((resolve) => {
		const { signal } = asked;
		let isConfirmed = false;
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
				asked.abort();
				text.textContent = "";
				resolve(isConfirmed);
			},
			{ signal },
		);
		dialog.showModal();
	});
}

/** Takes the question back: the note is kept. */
export function cancelConfirm(): void {
	find("#confirm", HTMLDialogElement).close();
}
