import { find } from "./dom.js";

/** Shows what went wrong where no form is at hand. */
export function showNotice(text: string): void {
	find("#notice", HTMLElement).hidden = false;
	// After it is shown: an alert is read out when its text changes.
	find("#notice-text", HTMLElement).textContent = text;
}

export function hideNotice(): void {
	find("#notice", HTMLElement).hidden = true;
	find("#notice-text", HTMLElement).textContent = "";
}
