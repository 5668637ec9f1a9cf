import { isUserDOError, type UserDOClient } from "userdo/client";
import { errorText, find } from "./dom.js";

const modes = {
	login: { title: "Sign in", other: "Create an account", question: "New here?" },
	signup: { title: "Create an account", other: "Sign in", question: "Have an account?" },
} as const;

/** The form that signs people in and up. */
export function createWelcome(client: Pick<UserDOClient, keyof typeof modes>) {
	const form = find("#credentials", HTMLFormElement);
	const alert = find("#alert", HTMLElement);
	const email = find("#email", HTMLInputElement);
	const password = find("#password", HTMLInputElement);
	const enter = find("#enter", HTMLButtonElement);
	let mode: keyof typeof modes = "login";
	let isBusy = false;

	function show(next: keyof typeof modes): void {
		mode = next;
		const { title, other, question } = modes[mode];
		find("#welcome-heading", HTMLElement).textContent = title;
		enter.textContent = title;
		find("#switch", HTMLButtonElement).textContent = other;
		find("#switch-text", HTMLElement).textContent = question;
		find("#hint", HTMLElement).hidden = mode === "login";
		password.autocomplete = mode === "login" ? "current-password" : "new-password";
		clear();
	}

	function clear(): void {
		alert.textContent = "";
		for (const input of [email, password]) input.removeAttribute("aria-invalid");
	}

	function complain(error: unknown): void {
		const issues = isUserDOError(error) ? (error.issues ?? []) : [];
		const inputs = [email, password].filter(({ name }) => issues.some(({ path }) => path === name));
		for (const input of inputs) input.setAttribute("aria-invalid", "true");
		alert.textContent = issues[0]?.message ?? errorText(error);
		(inputs[0] ?? email).focus();
	}

	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		if (isBusy) return;
		isBusy = true;
		clear();
		try {
			await client[mode](email.value, password.value);
		} catch (error) {
			complain(error);
		} finally {
			isBusy = false;
		}
	});
	find("#switch", HTMLButtonElement).addEventListener("click", () => {
		show(mode === "login" ? "signup" : "login");
		email.focus();
	});

	return {
		open(): void {
			form.reset();
			show("login");
		},
	};
}
