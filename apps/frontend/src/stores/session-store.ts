import type { User, UserDOClient } from "@userdo/client";
import { createStore, type Store } from "./store.js";

/** Who is signed in, as far as it is known. */
export type Session =
	| { state: "unknown" | "unreachable" | "nobody" }
	| { state: "user"; user: User };

const nobody: Session = { state: "nobody" };

/** Asks who is signed in, and hears of each change of that, also in other tabs. */
export function createSessionStore(
	client: Pick<UserDOClient, "me" | "onAuthStateChanged">,
): Store<Session> {
	return createStore<Session>({
		initial: { state: "unknown" },
		start(set) {
			let isKnown = false;
			const tell = (user: User | undefined): void => {
				isKnown = true;
				set(user ? { state: "user", user } : nobody);
			};
			const stop = client.onAuthStateChanged(tell);
			const ask = async (): Promise<void> => {
				try {
					const user = await client.me();
					// The client tells of changes alone, and may have known it before.
					if (!isKnown) tell(user);
				} catch {
					if (!isKnown) set({ state: "unreachable" });
				}
			};
			const retry = () => void (isKnown || ask());
			const timer = setInterval(retry, 5_000);
			void ask();
			return () => {
				isKnown = true;
				clearInterval(timer);
				stop();
			};
		},
	});
}
