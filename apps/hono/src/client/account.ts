import { isUserDOError, type User, type UserDOClient } from "userdo/client";
import { createAddress } from "./address.js";
import { createDeletion } from "./deletion.js";
import { find } from "./dom.js";
import { createPasswordChange } from "./password-change.js";
import { createSessionsList } from "./sessions-list.js";

/** A sign-in elsewhere sends this window no event, so it asks. */
const refreshEvery = 5_000;

/** The page of the account: address, sessions, password, export and deletion. */
export function createAccount(
	client: UserDOClient,
	deleteAccount: (password: string) => Promise<void>,
) {
	const address = createAddress(client);
	const sessions = createSessionsList(client, refresh);
	const password = createPasswordChange(client, refresh);
	const deletion = createDeletion(deleteAccount);
	let shownFor: string | undefined;
	/** The newest question that was asked: an older answer must not bring back what has ended. */
	let asked = 0;
	let timer: number | undefined;

	async function refresh(): Promise<void> {
		if (shownFor === undefined) return;
		const question = ++asked;
		try {
			const [user, list] = await Promise.all([client.me(), client.sessions()]);
			if (question !== asked || user?.id !== shownFor) return;
			address.show(user);
			sessions.loaded();
			sessions.show(list);
		} catch (error) {
			if (question !== asked || isUserDOError(error, "unauthorized")) return;
			sessions.fail(error);
		} finally {
			if (question === asked && shownFor !== undefined) {
				clearTimeout(timer);
				timer = setTimeout(refreshIfSeen, refreshEvery);
			}
		}
	}

	function refreshIfSeen(): void {
		if (document.visibilityState === "visible") void refresh();
	}

	document.addEventListener("visibilitychange", refreshIfSeen);
	client.onStatus((status) => {
		if (status === "open") refreshIfSeen();
	});

	return {
		open(user: User): void {
			if (shownFor === user.id) return;
			shownFor = user.id;
			address.show(user);
			password.open(user.email);
			void refresh();
			find("#account-heading", HTMLElement).focus();
		},
		/** Forgets everything of that user. */
		close(): void {
			shownFor = undefined;
			asked++;
			clearTimeout(timer);
			for (const part of [address, sessions, password, deletion]) part.clear();
		},
	};
}
