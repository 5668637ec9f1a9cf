import type { User, UserDOClient } from "userdo/client";
import { find } from "./dom.js";
import { errorText } from "./errors.js";
import { onPress } from "./press.js";

/** The address of the user, whether it is confirmed, and the link for it once more. */
export function createAddress(client: UserDOClient) {
	const address = find("#address", HTMLElement);
	const confirmed = find("#confirmed", HTMLElement);
	const unconfirmed = find("#unconfirmed", HTMLElement);
	const sent = find("#link-sent", HTMLElement);
	const alert = find("#address-alert", HTMLElement);
	const heading = find("#address-heading", HTMLElement);

	onPress(find("#send-link", HTMLButtonElement), async () => {
		for (const element of [sent, alert]) element.textContent = "";
		try {
			await client.requestEmailVerification();
			// The server does not tell: it mails at most one link a minute, and three an hour.
			sent.textContent =
				"A link is on its way, unless one was sent in the last minute. It works for a day.";
		} catch (error) {
			alert.textContent = errorText(error);
		}
	});

	return {
		show({ email, emailVerified }: User): void {
			const hadFocus = unconfirmed.contains(document.activeElement);
			address.textContent = email;
			confirmed.hidden = !emailVerified;
			unconfirmed.hidden = emailVerified;
			if (emailVerified && hadFocus) heading.focus();
		},
		clear(): void {
			for (const element of [address, sent, alert]) element.textContent = "";
		},
	};
}
