/**
 * Runs the action when the button is pressed, once at a time. Not by `disabled`: that would take the
 * focus away from the button that was just pressed.
 */
export function onPress(button: HTMLButtonElement, run: () => Promise<void>): void {
	let busy = false;
	button.addEventListener("click", async () => {
		if (busy) return;
		busy = true;
		button.setAttribute("aria-disabled", "true");
		try {
			await run();
		} finally {
			busy = false;
			button.removeAttribute("aria-disabled");
		}
	});
}
