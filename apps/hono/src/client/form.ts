import { type ErrorIssue, isUserDOError } from "userdo/client";
import { find } from "./dom.js";
import { errorText } from "./error-text.js";

/** One thing wrong in a form: the name of the field, and what to tell the person. */
export type FormIssue = ErrorIssue;

/**
 * Runs the action when the form is submitted, once at a time, and shows what it throws: beside the
 * field where the error names one, in the form's alert otherwise.
 *
 * @param check finds out before any request what can't be right
 */
export function onSubmit(
	form: HTMLFormElement,
	{ check, run }: { check?: () => FormIssue[]; run: () => Promise<void> },
): void {
	let busy = false;
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		if (busy) return;
		clearErrors(form);
		const issues = check?.() ?? [];
		if (issues.length > 0) {
			showIssues(form, issues);
			return;
		}
		busy = true;
		setBusy(form, busy);
		try {
			await run();
		} catch (error) {
			showError(form, error);
		} finally {
			busy = false;
			setBusy(form, busy);
		}
	});
}

/** The text in a field of the form. */
export function fieldValue(form: HTMLFormElement, name: string): string {
	return field(form, name)?.value ?? "";
}

export function field(
	form: HTMLFormElement,
	name: string,
): HTMLInputElement | HTMLTextAreaElement | undefined {
	const control = form.elements.namedItem(name);
	return control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement
		? control
		: undefined;
}

/** Shows an error where the person looks for it, and moves the focus to the first field at fault. */
function showError(form: HTMLFormElement, error: unknown): void {
	const issues = isUserDOError(error) ? [...(error.issues ?? [])] : [];
	const ofFields = issues
		// Of a batch of one: `operations.0.data.title`.
		.map(({ path, message }) => ({ path: path.split(".").at(-1) ?? "", message }))
		.filter(({ path }) => field(form, path) !== undefined);
	if (ofFields.length > 0) showIssues(form, ofFields);
	else find("[data-alert]", HTMLElement, form).textContent = errorText(error);
}

/** Takes back all that was said about what was sent before. */
export function clearErrors(form: HTMLFormElement): void {
	for (const element of form.querySelectorAll("[data-alert], [data-error-of]")) {
		element.textContent = "";
	}
	for (const control of form.elements) control.removeAttribute("aria-invalid");
}

function showIssues(form: HTMLFormElement, issues: FormIssue[]): void {
	for (const { path, message } of issues.toReversed()) {
		const control = field(form, path);
		if (control === undefined) continue;
		find(`[data-error-of="${path}"]`, HTMLElement, form).textContent = message;
		control.setAttribute("aria-invalid", "true");
		control.focus();
	}
}

/**
 * What is being sent can't be changed meanwhile. Not by `disabled`: that would take the focus away
 * from the button that was just pressed.
 */
function setBusy(form: HTMLFormElement, busy: boolean): void {
	form.setAttribute("aria-busy", String(busy));
	find("[type=submit]", HTMLButtonElement, form).setAttribute("aria-disabled", String(busy));
	for (const control of form.elements) {
		if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement) {
			control.readOnly = busy;
		}
	}
}
