import type { UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { clearErrors, fieldValue, onSubmit, showDone } from "./form.js";

/** The form for another password. */
export function createPasswordChange(client: UserDOClient, changed: () => Promise<void>) {
	const form = find("#password-change", HTMLFormElement);
	const username = find("[name=username]", HTMLInputElement, form);

	onSubmit(form, {
		check: () =>
			[
				{ path: "oldPassword", message: "Enter the password that you have." },
				{ path: "newPassword", message: "Enter a new password." },
			].filter(({ path }) => fieldValue(form, path) === ""),
		run: async () => {
			await client.changePassword(fieldValue(form, "oldPassword"), fieldValue(form, "newPassword"));
			for (const name of ["oldPassword", "newPassword"]) {
				find(`[name=${name}]`, HTMLInputElement, form).value = "";
			}
			showDone(form, "Your password is changed. All other devices are signed out.");
			await changed();
		},
	});

	return {
		/** @param email for password managers, which keep a password under a name */
		open(email: string): void {
			username.value = email;
		},
		clear(): void {
			form.reset();
			clearErrors(form);
		},
	};
}
