import type { Theme } from "../collections.js";
import type { Client } from "./client.js";
import { find } from "./dom.js";
import { errorText } from "./error-text.js";
import { hideNotice, showNotice } from "./notice.js";

/** The theme: kept in the user's key-value store, so it is the same in every window. */
export function createPreferences(client: Client): void {
	const form = find("#theme", HTMLFormElement);
	const buttons = [...form.querySelectorAll<HTMLButtonElement>("button[name=theme]")];
	const root = document.documentElement;

	function show(theme: string): void {
		root.dataset.theme = theme;
		for (const button of buttons) button.ariaPressed = String(button.value === theme);
	}

	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		const { submitter } = event;
		if (!(submitter instanceof HTMLButtonElement)) return;
		const before = root.dataset.theme ?? "system";
		const theme = submitter.value as Theme;
		show(theme);
		hideNotice();
		try {
			await client.set("preferences", { theme });
		} catch (error) {
			show(before);
			showNotice(`The theme was not saved. ${errorText(error)}`);
		}
	});

	// Where nothing was ever chosen, the device decides.
	client.onChange("preferences", (preferences) => show(preferences?.theme ?? "system"));
}
