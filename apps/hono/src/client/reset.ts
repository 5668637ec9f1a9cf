// The page /reset, where the links to set a new password lead.
import { isUserDOError, UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { clearErrors, onSubmit } from "./form.js";
import { onToken } from "./link-token.js";
import { showOutcome } from "./outcome.js";
import { createReveal } from "./reveal.js";

const client = new UserDOClient("/api");
const form = find("#new-password-form", HTMLFormElement);
const password = find("#new-password", HTMLInputElement);
const hide = createReveal(password, find("#reveal", HTMLButtonElement));
let token: string | undefined;

onSubmit(form, {
	check: () =>
		password.value === "" ? [{ path: "newPassword", message: "Enter a new password." }] : [],
	run: async () => {
		try {
			await client.confirmPasswordReset(token ?? "", password.value);
		} catch (error) {
			if (!isUserDOError(error, "invalid_token")) throw error;
			finish("invalid");
			return;
		}
		finish("done");
	},
});

/** The page must not keep a password that has done its work. */
function finish(outcome: string): void {
	form.reset();
	hide();
	showOutcome(outcome);
}

onToken((taken) => {
	token = taken;
	clearErrors(form);
	if (token === undefined) return finish("incomplete");
	showOutcome("form");
	password.focus();
});
