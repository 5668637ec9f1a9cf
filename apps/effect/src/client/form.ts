import type { CallFailure } from "@userdo/effect";
import { listen } from "@userdo/effect";
import { Effect, Stream } from "effect";
import { failureText } from "./failure-text.js";

const inputs = (form: HTMLFormElement) =>
	[...form.elements].filter((element) => element instanceof HTMLInputElement);

/** The text in a field of the form. */
export function fieldValue(form: HTMLFormElement, name: string): string {
	return String(new FormData(form).get(name) ?? "");
}

/**
 * Runs the effect each time the form is sent, once at a time, and shows what it fails with: beside
 * the fields that the issues name, or in the form's alert.
 */
export function onSubmit<A>(
	form: HTMLFormElement,
	run: Effect.Effect<A, CallFailure>,
): Stream.Stream<void> {
	const attemptOnce = Effect.gen(function* () {
		clearErrors(form);
		setBusy(form, true);
		yield* run.pipe(
			Effect.catch((failure) => Effect.sync(() => showFailure(form, failure))),
			Effect.ensuring(Effect.sync(() => setBusy(form, false))),
		);
	});
	return listen<Event>((heard) => {
		const submit = (event: Event) => {
			event.preventDefault();
			if (form.getAttribute("aria-busy") !== "true") heard(event);
		};
		form.addEventListener("submit", submit);
		return () => form.removeEventListener("submit", submit);
	}).pipe(Stream.mapEffect(() => attemptOnce));
}

function setBusy(form: HTMLFormElement, isBusy: boolean): void {
	form.setAttribute("aria-busy", String(isBusy));
	// What is typed now would be emptied with the rest. Read-only fields keep the focus.
	for (const input of inputs(form)) input.readOnly = isBusy;
}

export function clearErrors(form: HTMLFormElement): void {
	for (const element of form.querySelectorAll(".alert, .field-error")) element.textContent = "";
	for (const input of inputs(form)) input.removeAttribute("aria-invalid");
}

function showFailure(form: HTMLFormElement, failure: CallFailure): void {
	const issues = "issues" in failure ? (failure.issues ?? []) : [];
	const atFault = inputs(form).filter(({ name }) => issues.some(({ path }) => path === name));
	for (const input of atFault) {
		const text = issues.find(({ path }) => path === input.name)?.message ?? "";
		const place = form.querySelector(`#${input.id}-error`);
		if (place !== null) place.textContent = text;
		input.setAttribute("aria-invalid", "true");
	}
	atFault[0]?.focus();
	const alert = form.querySelector(".alert");
	if (atFault.length === 0 && alert !== null) alert.textContent = failureText(failure);
}
