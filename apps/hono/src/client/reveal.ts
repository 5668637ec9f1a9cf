/** A button that shows what is in a field for a password; gives the function that hides it again. */
export function createReveal(input: HTMLInputElement, button: HTMLButtonElement): () => void {
	function setRevealed(isRevealed: boolean): void {
		input.type = isRevealed ? "text" : "password";
		button.textContent = isRevealed ? "Hide" : "Show";
		button.setAttribute("aria-pressed", String(isRevealed));
	}
	button.addEventListener("click", () => setRevealed(input.type === "password"));
	return () => setRevealed(false);
}
