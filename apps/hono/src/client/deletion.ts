import { find } from "./dom.js";
import { clearErrors, fieldValue, onSubmit } from "./form.js";

/** Warns, asks for the password, and deletes the account; Escape keeps it. */
export function createDeletion(deleteAccount: (password: string) => Promise<void>) {
	const dialog = find("#delete-account", HTMLDialogElement);
	const form = find("form", HTMLFormElement, dialog);

	onSubmit(form, {
		check: () =>
			fieldValue(form, "password") === ""
				? [{ path: "password", message: "Enter your password." }]
				: [],
		run: () => deleteAccount(fieldValue(form, "password")),
	});

	/** The page must not keep a password that was not used. */
	function clear(): void {
		form.reset();
		clearErrors(form);
	}

	function close(): void {
		dialog.close();
		clear();
	}

	find("#open-deletion", HTMLButtonElement).addEventListener("click", () => dialog.showModal());
	find("#keep-account", HTMLButtonElement).addEventListener("click", close);
	dialog.addEventListener("close", () => {
		// The event comes a moment after the closing: it may have been opened again by then.
		if (!dialog.open) clear();
	});
	return { clear: close };
}
