import { find } from "./dom.js";

/** Shows one of the page's outcomes, and reads out its heading. */
export function showOutcome(name: string): void {
	for (const element of document.querySelectorAll<HTMLElement>("[data-outcome]")) {
		element.hidden = element.dataset.outcome !== name;
	}
	find(`[data-outcome="${name}"] h1`, HTMLElement).focus();
}
