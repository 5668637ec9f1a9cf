// The page /verify, where the links that confirm an address lead.
import { isUserDOError, UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { errorText } from "./errors.js";
import { clearErrors, onSubmit } from "./form.js";
import { onToken } from "./link-token.js";
import { showOutcome } from "./outcome.js";

const client = new UserDOClient("/api");
const form = find("#confirm-form", HTMLFormElement);
const password = find("#confirm-password", HTMLInputElement);
const retry = find("#retry", HTMLButtonElement);
let token: string | undefined;
let isBusy = false;

async function confirm(): Promise<void> {
	if (isBusy) return;
	isBusy = true;
	const tried = token;
	try {
		if (tried === undefined) showOutcome("incomplete");
		else await client.confirmEmailVerification(tried).then(() => showOutcome("confirmed"));
	} catch (error) {
		if (isUserDOError(error, "wrong_password")) {
			clearErrors(form);
			showOutcome("password");
		} else if (isUserDOError(error, "invalid_token") || isUserDOError(error, "invalid_input")) {
			showOutcome("invalid");
		} else {
			find("#failed-text", HTMLElement).textContent = errorText(error);
			showOutcome("failed");
		}
	} finally {
		isBusy = false;
	}
	if (tried !== token) void confirm();
}

onSubmit(form, {
	check: () =>
		password.value === "" ? [{ path: "password", message: "Enter your password." }] : [],
	run: async () => {
		try {
			await client.confirmEmailVerification(token ?? "", password.value);
		} catch (error) {
			if (!isUserDOError(error, "invalid_token")) throw error;
			form.reset();
			showOutcome("invalid");
			return;
		}
		form.reset();
		showOutcome("confirmed");
	},
});

retry.addEventListener("click", () => void confirm());
onToken((taken) => {
	token = taken;
	void confirm();
});
