import { attempt } from "@userdo/effect";
import { Effect, Stream } from "effect";
import type { UserDOClient } from "userdo/client";
import { clearErrors, fieldValue, onSubmit } from "./form.js";
import { byId, presses, showView } from "./page.js";

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

/** What goes on while nobody is signed in: the form, which signs in or up. */
export function welcome(client: UserDOClient): Stream.Stream<void> {
	const form = byId("credentials", HTMLFormElement);
	const password = byId("password", HTMLInputElement);
	let mode: keyof typeof modes = "login";

	function setMode(next: keyof typeof modes): void {
		mode = next;
		const { title, autocomplete, question, other } = modes[mode];
		byId("welcome-heading", HTMLElement).textContent = title;
		byId("enter", HTMLElement).textContent = title;
		byId("switch-text", HTMLElement).textContent = question;
		byId("switch", HTMLElement).textContent = other;
		password.autocomplete = autocomplete;
		clearErrors(form);
	}

	const open = Effect.sync(() => {
		setMode("login");
		showView("welcome");
		byId("email", HTMLInputElement).focus();
	});
	const send = Effect.gen(function* () {
		const [email, secret] = [fieldValue(form, "email"), fieldValue(form, "password")];
		yield* attempt((signal) => client[mode](email, secret, { signal }));
	});
	const switches = presses("switch").pipe(
		Stream.map(() => setMode(mode === "login" ? "signup" : "login")),
	);
	return Stream.fromEffect(open).pipe(
		Stream.concat(Stream.merge(onSubmit(form, send), switches)),
		// The page must not keep a password that has done its work.
		Stream.ensuring(Effect.sync(() => form.reset())),
	);
}
