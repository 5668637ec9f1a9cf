import type { User } from "@userdo/contracts";
import { type CallOptions, within } from "./call.js";
import { isUserDOError, UserDOError } from "./error.js";
import type { Send } from "./request.js";
import type { Tabs } from "./tabs.js";

/** Who is signed in. `null`: nobody; undefined: nobody has asked yet. */
type AuthState = User | null | undefined;

/** {@link CallOptions}; what else stands there goes into the query. */
type Options = object;

/** What the client knows of the session. The session itself is in cookies that no script can read. */
export interface Auth {
	readonly user: AuthState;
	/** Sends a request of the session. One that comes back `unauthorized` gets a second chance. */
	call<Body>(name: string, options?: Options, body?: object): Promise<Body>;
	/**
	 * The same for what changes the cookies: nothing else does so meanwhile, in no tab.
	 *
	 * @param read who is signed in by the answer, where that may be somebody else
	 */
	change<Body>(
		name: string,
		options?: Options,
		body?: object,
		read?: (answer: Body) => User | null,
	): Promise<Body>;
	logout(options?: CallOptions): Promise<void>;
	me(options?: CallOptions): Promise<User | undefined>;
	/**
	 * Renews the session, once for all who ask at the same time.
	 *
	 * @throws UserDOError the status 401 says that nobody is signed in any more; any other error
	 * says nothing about that and changes nothing
	 */
	refresh(): Promise<void>;
}

const isSignedOut = (error: unknown) => Object(error).status === 401;

/** Takes for an answer that nobody is signed in. */
const nobody = (error: unknown) => {
	if (!isSignedOut(error)) throw error;
	return null;
};

/**
 * @param usual milliseconds of a call that says nothing else
 * @param onChange called when somebody else is signed in, or nobody any more
 */
export function createAuth(send: Send, tabs: Tabs, usual: number, onChange: () => void): Auth {
	let user: AuthState;
	/** Of whom the client was told last. */
	let told: AuthState;
	/** Grows with each answer about who is signed in, so that a slow older one is noticed. */
	let version = 0;
	let refreshing: Promise<void> | undefined;

	const set = (next: User | null): void => {
		version++;
		user = next;
	};

	const tell = (): void => {
		const before = told;
		told = user;
		// From "not asked" to "nobody" is a change as well.
		if (before !== user && (!before || before.id !== user?.id)) onChange();
	};

	/**
	 * Runs what answers with new cookies. A refresh that is under way still has the old ones and would be
	 * refused, which is a sign-out, so they wait for each other, also those of other tabs.
	 */
	const alone = async <Result>(run: () => Promise<Result>): Promise<Result> => {
		try {
			return await tabs.lock(run);
		} finally {
			// Only now, since listeners may do what they like.
			tell();
		}
	};

	const session = async <Body>(attempt: () => Promise<Body>): Promise<Body> => {
		const id = user?.id;
		const before = version;
		try {
			return await attempt();
		} catch (error) {
			if (user === null || !isUserDOError(error, "unauthorized")) throw error;
			// Somebody may have refreshed or signed in while this was on its way.
			const renewed = before !== version;
			if (!renewed) await refresh();
			// What was meant for one user must not be done to another.
			if ((id || renewed) && id !== user?.id) throw error;
			return attempt();
		}
	};

	const refresh = (): Promise<void> => {
		refreshing ??= renew().finally(() => {
			refreshing = undefined;
		});
		return refreshing;
	};

	const renew = (): Promise<void> => {
		const id = user?.id;
		const before = version;
		// Another tab may hold the lock for good.
		return within(undefined, usual, (signal) =>
			alone(async () => {
				if (before !== version) {
					// A new session of the same user is as good as a refreshed one.
					if (id && id === user?.id) return;
					throw new UserDOError("unauthorized", { status: 401 });
				}
				await send<{ user: User }>("POST refresh", signal, {}).then(
					(answer) => set(answer.user),
					(error) => {
						if (isSignedOut(error)) set(null);
						throw error;
					},
				);
			}),
		);
	};

	const call = <Body>(
		name: string,
		{ signal, timeout = usual, ...query }: CallOptions = {},
		body?: object,
		around = (attempt: () => Promise<Body>) => attempt(),
	): Promise<Body> => {
		return within(signal, timeout, (ended) =>
			session(() => around(() => send(name, ended, body, query))),
		);
	};

	const logout = async (options?: CallOptions): Promise<void> => {
		const id = user?.id;
		await change("POST logout", options, {}, () => null).catch(nobody);
		// Where the session was over already; nobody else who signed in meanwhile.
		if (id === user?.id) set(null);
		tell();
	};

	const me = async (options?: CallOptions): Promise<User | undefined> => {
		const before = version;
		const found = await call<{ user: User }>("GET me", options).then(({ user }) => user, nobody);
		if (before === version) set(found);
		tell();
		return user ?? undefined;
	};

	const change = <Body>(
		name: string,
		options?: Options,
		body?: object,
		read?: (answer: Body) => User | null,
	): Promise<Body> => {
		return call<Body>(name, options, body, (attempt) =>
			alone(async () => {
				const answer = await attempt();
				if (read) {
					set(read(answer));
					tabs.post();
				}
				return answer;
			}),
		);
	};

	return {
		get user() {
			return user;
		},
		call,
		change,
		logout,
		me,
		refresh,
	};
}
