// The page /verify, where the links that confirm an address lead.
import { isUserDOError, UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { errorText } from "./errors.js";
import { onToken } from "./link-token.js";
import { showOutcome } from "./outcome.js";

const client = new UserDOClient("/api");
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
		if (isUserDOError(error, "invalid_token") || isUserDOError(error, "invalid_input")) {
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

retry.addEventListener("click", () => void confirm());
onToken((taken) => {
	token = taken;
	void confirm();
});
