import type { UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { clearErrors, type FormIssue, field, fieldValue, onSubmit } from "./form.js";

const modes = {
	login: {
		title: "Sign in",
		autocomplete: "current-password",
		question: "New here?",
		other: "Create an account",
	},
	signup: {
		title: "Create an account",
		autocomplete: "new-password",
		question: "Been here before?",
		other: "Sign in",
	},
} as const;

/** The form that signs a person in, or up. */
export function createWelcome(client: UserDOClient) {
	const form = find("#credentials", HTMLFormElement);
	const heading = find("#welcome-heading", HTMLElement);
	const password = find("#password", HTMLInputElement);
	const reveal = find("#reveal", HTMLButtonElement);
	let mode: keyof typeof modes = "login";

	onSubmit(form, {
		check: () => missing(form),
		run: async () => {
			await client[mode](fieldValue(form, "email"), password.value);
		},
	});

	find("#switch", HTMLButtonElement).addEventListener("click", () => {
		setMode(mode === "login" ? "signup" : "login");
		field(form, fieldValue(form, "email") === "" ? "email" : "password")?.focus();
	});

	reveal.addEventListener("click", () => setRevealed(password.type === "password"));

	function setMode(next: keyof typeof modes): void {
		mode = next;
		const { title, autocomplete, question, other } = modes[mode];
		heading.textContent = title;
		find("#enter", HTMLElement).textContent = title;
		find("#switch-text", HTMLElement).textContent = question;
		find("#switch", HTMLElement).textContent = other;
		find("#password-hint", HTMLElement).hidden = mode === "login";
		password.autocomplete = autocomplete;
		clearErrors(form);
	}

	function setRevealed(isRevealed: boolean): void {
		password.type = isRevealed ? "text" : "password";
		reveal.textContent = isRevealed ? "Hide" : "Show";
		reveal.setAttribute("aria-pressed", String(isRevealed));
	}

	return {
		/** @param reason why the person is asked to sign in, where they did not expect it */
		open(reason = ""): void {
			setMode("login");
			find("[data-alert]", HTMLElement, form).textContent = reason;
			field(form, "email")?.focus();
		},
		/** The page must not keep a password that has done its work. */
		close(): void {
			form.reset();
			setRevealed(false);
			clearErrors(form);
		},
	};
}

function missing(form: HTMLFormElement): FormIssue[] {
	const issues = [
		{ path: "email", message: "Enter your email address." },
		{ path: "password", message: "Enter a password." },
	];
	return issues.filter(({ path }) => fieldValue(form, path).trim() === "");
}
