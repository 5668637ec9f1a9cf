import type { UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { errorText } from "./errors.js";
import { hideNotice, showNotice } from "./notice.js";
import { applyTheme, isTheme, rememberedTheme, type Theme } from "./theme.js";

const key = "preferences";

/** The theme: kept in the user's key-value store, so it is the same in every window. */
export function createPreferences(client: UserDOClient) {
	const choices = find("#theme", HTMLFieldSetElement);
	let unsubscribe: (() => void) | undefined;

	choices.addEventListener("change", async (event) => {
		const before = rememberedTheme();
		const theme = Reflect.get(Object(event.target), "value");
		if (!isTheme(theme)) return;
		show(theme);
		hideNotice();
		try {
			await client.set(key, { theme });
		} catch (error) {
			show(before);
			showNotice(`The theme was not saved. ${errorText(error)}`);
		}
	});

	function show(theme: Theme): void {
		applyTheme(theme);
		find(`input[value=${theme}]`, HTMLInputElement, choices).checked = true;
	}

	/** Where nothing was ever chosen, the device decides. */
	const follow = (value: unknown) => show(themeOf(value) ?? "system");

	return {
		open(): void {
			show(rememberedTheme());
			unsubscribe = client.onChange(key, follow);
			// The theme of the last visit stays if it can't be read now: the list says what is wrong.
			client.get(key).then(follow, () => {});
		},
		close(): void {
			unsubscribe?.();
			show("system");
		},
	};
}

function themeOf(value: unknown): Theme | undefined {
	const theme = Reflect.get(Object(value), "theme");
	return isTheme(theme) ? theme : undefined;
}
