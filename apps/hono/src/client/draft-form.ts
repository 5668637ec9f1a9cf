import type { Draft } from "../collections.js";
import { find } from "./dom.js";
import { clearErrors, field, fieldValue, onSubmit } from "./form.js";

export interface DraftFormOptions {
	save: (draft: Draft) => Promise<void>;
	/** With it the form has a button for it, and Escape. */
	cancel?: () => void;
}

/** The form in which a note is written, for a new one and for an edit. */
export interface DraftForm {
	readonly element: HTMLFormElement;
	readonly draft: Draft;
	/** Puts a text into the fields and takes back what was said about the one before. */
	fill(draft: Draft): void;
	/** Says what happened to the note elsewhere; `newer` is offered to the person. */
	warn(text: string, newer?: Draft): void;
	focus(): void;
}

let forms = 0;

/** Takes over a form for a note, as the server has rendered it. */
export function enhanceDraftForm(
	element: HTMLFormElement,
	{ save, cancel }: DraftFormOptions,
): DraftForm {
	const conflict = find("[data-conflict]", HTMLElement, element);
	const conflictText = find("[data-conflict-text]", HTMLElement, conflict);
	const take = find("[data-take]", HTMLButtonElement, conflict);
	let newer: Draft | undefined;

	const form: DraftForm = {
		element,
		get draft() {
			return { title: fieldValue(element, "title"), content: fieldValue(element, "content") };
		},
		fill({ title, content }) {
			setField(element, "title", title);
			setField(element, "content", content);
			conflict.hidden = true;
			clearErrors(element);
		},
		warn(text, newerDraft) {
			newer = newerDraft;
			take.hidden = newer === undefined;
			conflict.hidden = false;
			conflictText.textContent = text;
		},
		focus: () => field(element, "title")?.focus(),
	};

	linkErrors(element, ++forms);
	// Errors stand beside the fields.
	element.noValidate = true;
	find("[data-keys]", HTMLElement, element).hidden = false;
	onSubmit(element, {
		check: () =>
			form.draft.title.trim() === "" ? [{ path: "title", message: "Give the note a title." }] : [],
		run: () => save(form.draft),
	});
	take.addEventListener("click", () => {
		if (newer === undefined) return;
		form.fill(newer);
		form.focus();
	});
	element.addEventListener("keydown", (event) => {
		// Enter and Escape that belong to an input method are not for the form.
		if (event.isComposing) return;
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			element.requestSubmit();
		}
		if (event.key === "Escape") cancel?.();
	});
	if (cancel) {
		const button = find("[data-cancel]", HTMLButtonElement, element);
		button.hidden = false;
		button.addEventListener("click", cancel);
	}
	return form;
}

/** Several of these forms are on the page, and ids are the page's. */
function linkErrors(form: HTMLFormElement, number: number): void {
	for (const name of ["title", "content"]) {
		const control = field(form, name);
		if (control === undefined) continue;
		const error = find(`[data-error-of="${name}"]`, HTMLElement, form);
		error.id = `draft-${number}-${name}-error`;
		control.setAttribute("aria-describedby", error.id);
	}
}

function setField(form: HTMLFormElement, name: string, value: string): void {
	const control = field(form, name);
	if (control) control.value = value;
}
