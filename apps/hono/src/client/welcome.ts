import type { UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { clearErrors, type FormIssue, field, fieldValue, onSubmit, showDone } from "./form.js";
import { createReveal } from "./reveal.js";

const lede = "Notes that appear in every window the moment you write them.";

const modes = {
	login: {
		title: "Sign in",
		lede,
		submit: "Sign in",
		autocomplete: "current-password",
		question: "New here?",
		other: "Create an account",
	},
	signup: {
		title: "Create an account",
		lede,
		submit: "Create an account",
		autocomplete: "new-password",
		question: "Been here before?",
		other: "Sign in",
	},
	forgot: {
		title: "Set a new password",
		lede: "Enter the address of your account, and we mail you a link.",
		submit: "Send the link",
		autocomplete: "off",
		question: "Remembered it?",
		other: "Sign in",
	},
} as const;

/** The form that signs a person in, or up, or sends a link to who forgot the password. */
export function createWelcome(client: UserDOClient) {
	const form = find("#credentials", HTMLFormElement);
	const password = find("#password", HTMLInputElement);
	const hide = createReveal(password, find("#reveal", HTMLButtonElement));
	let mode: keyof typeof modes = "login";

	onSubmit(form, {
		check: () => missing(form).filter(({ path }) => path === "email" || mode !== "forgot"),
		run: async () => {
			const email = fieldValue(form, "email");
			if (mode !== "forgot") {
				await client[mode](email, password.value);
				return;
			}
			await client.requestPasswordReset(email);
			// The same for every address: who asks may not be the one whose account it is.
			showDone(
				form,
				"If there is an account with this address, a link is on its way. It works for 30 minutes.",
			);
		},
	});

	find("#switch", HTMLButtonElement).addEventListener("click", () => {
		change(mode === "login" ? "signup" : "login");
	});
	find("#forgot", HTMLButtonElement).addEventListener("click", () => change("forgot"));

	function change(next: keyof typeof modes): void {
		setMode(next);
		const isNext = mode !== "forgot" && fieldValue(form, "email") !== "";
		field(form, isNext ? "password" : "email")?.focus();
	}

	function setMode(next: keyof typeof modes): void {
		mode = next;
		const texts = modes[mode];
		find("#welcome-heading", HTMLElement).textContent = texts.title;
		find("#welcome-lede", HTMLElement).textContent = texts.lede;
		find("#enter", HTMLElement).textContent = texts.submit;
		find("#switch-text", HTMLElement).textContent = texts.question;
		find("#switch", HTMLElement).textContent = texts.other;
		find("#password-hint", HTMLElement).hidden = mode !== "signup";
		find("#password-field", HTMLElement).hidden = mode === "forgot";
		find("#forgot", HTMLElement).hidden = mode !== "login";
		password.autocomplete = texts.autocomplete;
		clearErrors(form);
	}

	return {
		/**
		 * @param reason why the person is asked to sign in, where they did not expect it
		 * @param done what has been done, where they did
		 */
		open({ reason = "", done = "" } = {}): void {
			const hasForgotten = location.hash === "#forgot";
			if (hasForgotten) history.replaceState(null, "", location.pathname);
			setMode(hasForgotten ? "forgot" : "login");
			find("[data-alert]", HTMLElement, form).textContent = reason;
			showDone(form, done);
			field(form, "email")?.focus();
		},
		/** The page must not keep a password that has done its work. */
		close(): void {
			form.reset();
			hide();
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
