import type { Collections, EndpointResponse, Keys, User, UserSession } from "@userdo/contracts";
import { kvEvent } from "@userdo/contracts/events";
import { createAuth } from "./auth.js";
import { type BatchOperation, type BatchResults, sendBatch } from "./batch.js";
import type { CallOptions } from "./call.js";
import type { UserDOClientOptions } from "./client-options.js";
import { createCollection } from "./collection.js";
import type { Collection, TypedCollection } from "./collection-types.js";
import { UserDOError } from "./error.js";
import {
	type DeleteKeyOptions,
	type Entry,
	getEntry,
	type ListKeysOptions,
	type SetKeyOptions,
} from "./keys.js";
import { createListeners, eventChannel, type Unsubscribe } from "./listeners.js";
import type { Parts } from "./parts.js";
import { createRefetch } from "./refetch.js";
import { createSend, segment } from "./request.js";
import { createConnection, type SocketStatus } from "./socket.js";
import { joinTabs } from "./tabs.js";
import type { CollectionName, InputOf, RowOf, Unknown, ValueInputOf, ValueOf } from "./types.js";

/**
 * A user's session, data and live updates in a page. Making one sends nothing; the socket opens
 * with the first listener and comes back by itself after an outage, without a change lost.
 *
 * Every method that sends a request rejects with a `UserDOError` that has the server's `code` and
 * `status`, or the code `network_error` when no answer came, `timeout` when none came in time. Then
 * nobody knows whether a write has happened.
 *
 * @example
 * const client = new UserDOClient("/api");
 * await client.login("user@example.com", "password");
 * const unsubscribe = client.onChange("preferences", (value) => show(value));
 * await client.set("preferences", { theme: "dark" });
 *
 * @example
 * const client = new UserDOClient<typeof collections, typeof keys>("/api");
 * const drafts = await client.collection("posts").where("state", "==", "draft").get();
 */
export interface UserDOClient<C extends Collections = Unknown, K extends Keys = Unknown> {
	/** Who is signed in, as far as an answer has told: undefined before the first one, too. */
	readonly user: User | undefined;

	/** How the live connection is doing. */
	readonly status: SocketStatus;

	/**
	 * Creates an account and signs in to it. Where addresses have to be confirmed first it rejects
	 * with `email_not_verified`, whether the address is free or taken: the rest is in a mail.
	 */
	signup(
		email: string,
		password: string,
		options?: CallOptions,
	): Promise<EndpointResponse<"POST /api/signup">>;

	/** Signs in. */
	login(
		email: string,
		password: string,
		options?: CallOptions,
	): Promise<EndpointResponse<"POST /api/login">>;

	/** Ends this session. When the server can't be reached it rejects, and the session goes on. */
	logout(options?: CallOptions): Promise<void>;

	/** Asks who is signed in. Nobody is an answer, not an error. */
	me(options?: CallOptions): Promise<User | undefined>;

	/** Where the user is signed in: device, times, and which one is this client's. */
	sessions(options?: CallOptions): Promise<UserSession[]>;

	/** Ends a session of {@link sessions}. Of this client's own it is a sign-out. */
	revokeSession(id: string, options?: CallOptions): Promise<void>;

	/** Ends all sessions but this client's. */
	revokeOtherSessions(options?: CallOptions): Promise<void>;

	/** Changes the password, which ends all other sessions. A wrong old one is `wrong_password`. */
	changePassword(oldPassword: string, newPassword: string, options?: CallOptions): Promise<void>;

	/** Deletes the account with all of its data, and signs out. */
	deleteAccount(password: string, options?: CallOptions): Promise<void>;

	/** Sends a link to set a new password, if there is an account: the answer never tells. */
	requestPasswordReset(email: string, options?: CallOptions): Promise<void>;

	/** Sets a new password. `token` is the one of the link. */
	confirmPasswordReset(token: string, newPassword: string, options?: CallOptions): Promise<void>;

	/** Mails the signed-in user a link that confirms the address. */
	requestEmailVerification(options?: CallOptions): Promise<void>;

	/**
	 * Confirms an address by the token of a mailed link. Where its user is not signed in here, it takes
	 * the password too: it refuses with `wrong_password`.
	 */
	confirmEmailVerification(token: string, password?: string, options?: CallOptions): Promise<void>;

	/** The value of a key; undefined when it is not set. Its type, unless declared, is a claim. */
	get<Key extends keyof K & string>(
		key: Key,
		options?: CallOptions,
	): Promise<ValueOf<K, Key> | undefined>;
	get<Value = unknown>(key: string, options?: CallOptions): Promise<Value | undefined>;

	/** The value of a key with its version, for `ifVersion`. */
	entry<Key extends string>(key: Key, options?: CallOptions): Promise<Entry<ValueOf<K, Key>>>;

	/** All keys, or those that start alike, in the order of their UTF-8 bytes. */
	list(options?: ListKeysOptions): Promise<EndpointResponse<"GET /data">>;

	/** Sets a key to anything that JSON can say, and gives its new version. */
	set<Key extends string>(
		key: Key,
		value: ValueInputOf<K, Key>,
		options?: SetKeyOptions,
	): Promise<number>;

	/** Deletes a key, and says whether it was set. */
	delete(key: string, options?: DeleteKeyOptions): Promise<boolean>;

	/**
	 * Calls the listener with each new value of a key, set here or anywhere else; with undefined
	 * once it is deleted.
	 */
	onChange<Key extends keyof K & string>(
		key: Key,
		listener: (value: ValueOf<K, Key> | undefined) => void,
	): Unsubscribe;
	onChange<Value = unknown>(key: string, listener: (value: Value | undefined) => void): Unsubscribe;

	/** The endpoints and the changes of a table. */
	collection<Name extends CollectionName<C>>(
		name: Name,
	): Name extends keyof C ? TypedCollection<RowOf<C, Name>, InputOf<C, Name>> : Collection;

	/**
	 * Writes to rows and keys: all of it, or nothing. At most 50 operations.
	 *
	 * While no answer comes it is sent again, up to three times, each time under the same ids, so that
	 * the server does it once. `timeout` is that of each time. When it rejects without an answer all the
	 * same, nobody knows whether it has happened.
	 *
	 * @returns what the calls themselves would give, in the order of the operations
	 * @example
	 * const [post, version] = await client.batch([
	 *   { op: "create", collection: "posts", data: { title: "Hello" } },
	 *   { op: "set-key", key: "posts/newest", value: "Hello" },
	 * ]);
	 */
	batch<Operations extends readonly BatchOperation<C, K>[] | []>(
		operations: Operations,
		options?: CallOptions,
	): Promise<BatchResults<C, Operations>>;

	/** Calls the listener for each event of that name that the server broadcasts. None is replayed. */
	on<Data = unknown>(event: string, listener: (data: Data) => void): Unsubscribe;

	/**
	 * Calls the listener when changes may have been missed: after an outage too long for a replay,
	 * or for another user. Watched keys are fetched anew by themselves; fetch all else here.
	 */
	onResync(listener: () => void): Unsubscribe;

	/** Calls the listener when the live connection changes its state. */
	onStatus(listener: (status: SocketStatus) => void): Unsubscribe;

	/**
	 * Calls the listener when somebody else is signed in than before, or nobody any more, by this tab
	 * or another one. An outage is no sign-out.
	 */
	onAuthStateChanged(listener: (user: User | undefined) => void): Unsubscribe;

	/** Ends live updates for good, and the bond with other tabs. Requests go on working. */
	close(): void;
}

export interface UserDOClientConstructor {
	/**
	 * @param baseUrl where the auth endpoints are: `/api`, or absolute outside of a page or for a
	 * server elsewhere. Key-value data is at its sibling `data`.
	 */
	new <C extends Collections = Unknown, K extends Keys = Unknown>(
		baseUrl: string,
		options?: UserDOClientOptions,
	): UserDOClient<C, K>;
}

export const UserDOClient = function (
	baseUrl: string,
	{ fetch, WebSocket, timeout = 30_000 }: UserDOClientOptions = {},
) {
	const base = baseUrl.replace(/\/+$/, "");
	const refetch = createRefetch();
	const listeners = createListeners(() => socket.listenersChanged());
	const tabs = joinTabs(`userdo ${base}`, () => refetch.run("", auth.me, () => {}));
	const auth = createAuth(createSend(base, fetch), tabs, timeout, () => {
		// Fetched for the one who was signed in before, unless the socket is this user's already.
		if (socket.position?.user !== auth.user?.id) refetch.clear();
		listeners.emit("user", auth.user ?? undefined);
		socket.userChanged();
	});
	const on = (channel: string) => (listener: (value: never) => void) =>
		listeners.add(channel, listener);
	const shared = {
		user: () => auth.user,
		status: () => socket.status,
		position: () => socket.position,
		onPosition: on("position"),
		onResync: on("resync"),
		onStatus: on("status"),
		onUser: on("user"),
	};
	const parts: Parts = { base, auth, listeners, refetch, shared };
	const socket = createConnection(parts, WebSocket);
	const { call, change, logout, me } = auth;
	/** The id of this session, as far as a list of sessions has told. */
	let session: string | undefined;
	const signIn =
		(name: string): UserDOClient["login"] =>
		(email, password, options) =>
			change(name, options, { email, password }, ({ user }) => {
				// The answer 202: the rest is in a mail, and nobody is signed in by it.
				if (!user) throw new UserDOError("email_not_verified", { status: 403 });
				return user;
			});
	const signedOut = () => null;

	const client: UserDOClient = {
		get user() {
			return auth.user ?? undefined;
		},
		get status() {
			return socket.status;
		},
		signup: signIn("POST signup"),
		login: signIn("POST login"),
		logout,
		me,
		async sessions(options) {
			const { sessions } = await call<EndpointResponse<"GET /api/sessions">>(
				"GET sessions",
				options,
			);
			session = sessions.find(({ current }) => current)?.id;
			return sessions;
		},
		revokeSession: async (id, options) =>
			change(
				`DELETE sessions/${segment(id)}`,
				options,
				undefined,
				id === session ? signedOut : undefined,
			),
		revokeOtherSessions: (options) => call("DELETE sessions", options),
		changePassword: (oldPassword, newPassword, options) =>
			change("POST password/change", options, { oldPassword, newPassword }),
		deleteAccount: (password, options) => change("DELETE me", options, { password }, signedOut),
		requestPasswordReset: (email, options) =>
			call("POST password-reset/request", options, { email }),
		confirmPasswordReset: (token, newPassword, options) =>
			call("POST password-reset/confirm", options, { token, newPassword }),
		requestEmailVerification: (options) => call("POST email-verification/request", options, {}),
		confirmEmailVerification: (token, password, options) =>
			call("POST email-verification/confirm", options, { token, password }),
		get: async (key: string, options?: CallOptions) => (await getEntry(auth, key, options)).value,
		entry: (key, options) => getEntry(auth, key, options),
		list: (options) => call("GET ../data", options),
		async set(key, value, { ifVersion, ttl, ...options } = {}) {
			const body = { key, value, ifVersion, ttl };
			return (await call<EndpointResponse<"POST /data">>("POST ../data", options, body)).version;
		},
		async delete(key, options) {
			const query = { ...options, key };
			return (await call<EndpointResponse<"DELETE /data">>("DELETE ../data", query)).deleted;
		},
		onChange: (key: string, listener: (value: never) => void) =>
			listeners.add(kvEvent(key), listener),
		collection: (name) => createCollection(parts, name) as never,
		async batch(operations, options) {
			const { results } = await sendBatch(auth, operations, options);
			return results.map((result) => Object.values(result)[0]) as never;
		},
		on: (event, listener) => listeners.add(eventChannel(event), listener),
		onResync: shared.onResync,
		onStatus: shared.onStatus,
		onAuthStateChanged: shared.onUser,
		close() {
			refetch.clear();
			tabs.close();
			socket.close();
		},
	};
	return Object.setPrototypeOf(client, new.target.prototype);
} as unknown as UserDOClientConstructor;
