/** `system` follows the device. */
export type Theme = "system" | "light" | "dark";

const storageKey = "theme";

export function isTheme(value: unknown): value is Theme {
	return value === "system" || value === "light" || value === "dark";
}

/** Shows a theme, and keeps it for the first paint of the next visit. */
export function applyTheme(theme: Theme): void {
	document.documentElement.dataset.theme = theme;
	try {
		localStorage.setItem(storageKey, theme);
	} catch {
		// Storage may be switched off: then the first paint follows the device.
	}
}

/** The theme of the last visit. */
export function rememberedTheme(): Theme {
	try {
		const theme = localStorage.getItem(storageKey);
		return isTheme(theme) ? theme : "system";
	} catch {
		return "system";
	}
}
