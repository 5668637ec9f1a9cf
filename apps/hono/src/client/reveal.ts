/** A button that shows what is in a field for a password. It is hidden where there is no script. */
export function createReveal(input: HTMLInputElement, button: HTMLButtonElement): void {
	const [text] = button.childNodes;
	button.hidden = false;
	button.addEventListener("click", () => {
		const isRevealed = input.type === "password";
		input.type = isRevealed ? "text" : "password";
		button.setAttribute("aria-pressed", String(isRevealed));
		if (text) text.textContent = isRevealed ? "Hide" : "Show";
	});
	// Browsers remember what was in a field of text.
	input.form?.addEventListener("submit", () => {
		input.type = "password";
	});
}
