import { isUserDOError } from "userdo/client";

/** @throws an error that names the selector, when the page has no such element of that type */
export function select<E extends Element>(selector: string, type: new () => E): E {
	const element = document.querySelector(selector);
	if (element instanceof type) return element;
	throw new Error(`There is no ${type.name} at ${selector}`);
}

export const onPress = (selector: string, run: () => void) =>
	select(selector, HTMLButtonElement).addEventListener("click", run);

/** What to tell the person. */
export function errorText(error: unknown): string {
	if (!isUserDOError(error)) return "Something went wrong. Please try again.";
	if (error.status === 0) return "The server can't be reached. Please try again.";
	if (error.code === "conflict") return "You have this bookmark already.";
	return error.issues?.[0]?.message ?? error.message;
}

/**
 * Runs the action when the form is sent, once at a time, and then empties the form. What it throws
 * stands in the form's alert.
 */
export function onSubmit(selector: string, run: (form: FormData) => Promise<void>): void {
	const form = select(selector, HTMLFormElement);
	const alert = select(`${selector} .alert`, HTMLElement);
	let busy = false;
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		if (busy) return;
		busy = true;
		alert.textContent = "";
		try {
			await run(new FormData(form));
			form.reset();
		} catch (error) {
			alert.textContent = errorText(error);
		}
		busy = false;
	});
}

/**
 * As {@link onSubmit}, for what is shown before it is saved: the form is empty at once, for the next.
 * What is refused comes back to it, unless the next is there by then.
 */
export function onSubmitAtOnce(selector: string, run: (form: FormData) => Promise<void>): void {
	const form = select(selector, HTMLFormElement);
	const alert = select(`${selector} .alert`, HTMLElement);
	const fields = [...form.elements].filter((field) => field instanceof HTMLInputElement);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		const sent = new FormData(form);
		alert.textContent = "";
		form.reset();
		try {
			await run(sent);
		} catch (error) {
			alert.textContent = errorText(error);
			if (fields.some(({ value }) => value !== "")) return;
			for (const field of fields) field.value = String(sent.get(field.name) ?? "");
		}
	});
}
