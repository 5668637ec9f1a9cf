import type { EndpointResponse, User, UserSession } from "@userdo/contracts";
import { Auth } from "./auth.js";
import { type Collection, createCollection, tableChanged } from "./collection.js";
import { KeyValue, type Parts } from "./kv.js";
import { Listeners, type Unsubscribe } from "./listeners.js";
import { Refetch } from "./refetch.js";
import { type Fetch, Requests } from "./request.js";
import { Socket, type SocketConstructor, type SocketStatus } from "./socket.js";

export interface UserDOClientOptions {
	/** Instead of the global one. */
	fetch?: Fetch;
	/** Instead of the global one. */
	WebSocket?: SocketConstructor;
}

const eventPrefix = "event:";

/**
 * A user's session, data and live updates in a page. Making one sends nothing; the socket opens
 * with the first listener and comes back by itself after an outage, without a change lost.
 *
 * Every method that sends a request rejects with a `UserDOError` that has the server's `code` and
 * `status`, or the code `network_error` when no answer came.
 *
 * @example
 * const client = new UserDOClient("/api");
 * await client.login("user@example.com", "password");
 * const unsubscribe = client.onChange("preferences", (value) => show(value));
 * await client.set("preferences", { theme: "dark" });
 */
export class UserDOClient {
	readonly #parts: Parts;
	readonly #kv: KeyValue;
	readonly #socket: Socket;
	/** Of what this side knows by itself: `status`, `user`, `resync`. */
	readonly #own = new Listeners();

	/**
	 * @param baseUrl where the auth endpoints are: `/api`, or absolute outside of a page or for a
	 * server elsewhere. Key-value data is at its sibling `data`.
	 */
	constructor(baseUrl: string, options: UserDOClientOptions = {}) {
		const requests = new Requests(baseUrl, options.fetch);
		const refetch = new Refetch();
		const live = new Listeners(() => this.#socket.listenersChanged());
		const auth = new Auth(requests, () => {
			// Fetched for the one who was signed in before.
			refetch.clear();
			this.#own.emit("user", this.user);
			this.#socket.userChanged();
		});
		this.#parts = { requests, auth, live, refetch };
		this.#kv = new KeyValue(this.#parts);
		this.#socket = new Socket(
			auth,
			{
				wanted: () => live.any,
				url: () => requests.url("/api/ws"),
				onStatus: (status) => this.#own.emit("status", status),
				onChange: (change) => {
					if (!this.#kv.changed(change)) tableChanged(this.#parts, change);
				},
				onEvent: ({ event, data }) => live.emit(eventPrefix + event, data),
				onResync: () => {
					refetch.clear();
					this.#kv.resync();
					this.#own.emit("resync");
				},
			},
			options.WebSocket,
		);
	}

	/** Who is signed in, as far as an answer has told: undefined before the first one, too. */
	get user(): User | undefined {
		return this.#parts.auth.user ?? undefined;
	}

	/** How the live connection is doing. */
	get status(): SocketStatus {
		return this.#socket.status;
	}

	/**
	 * Creates an account and signs in to it. Where addresses have to be confirmed first it rejects
	 * with `email_not_verified`, whether the address is free or taken: the rest is in a mail.
	 */
	signup(email: string, password: string): Promise<EndpointResponse<"POST /api/signup">> {
		return this.#parts.auth.signIn("POST /api/signup", email, password);
	}

	/** Signs in. */
	login(email: string, password: string): Promise<EndpointResponse<"POST /api/login">> {
		return this.#parts.auth.signIn("POST /api/login", email, password);
	}

	/** Ends this session. When the server can't be reached it rejects, and the session goes on. */
	logout(): Promise<void> {
		return this.#parts.auth.logout();
	}

	/** Asks who is signed in. Nobody is an answer, not an error. */
	me(): Promise<User | undefined> {
		return this.#parts.auth.me();
	}

	/** Where the user is signed in: device, times, and which one is this client's. */
	sessions(): Promise<UserSession[]> {
		return this.#parts.auth.sessions();
	}

	/** Ends a session of {@link sessions}. Of this client's own it is a sign-out. */
	revokeSession(id: string): Promise<void> {
		return this.#parts.auth.revokeSession(id);
	}

	/** Ends all sessions but this client's. */
	async revokeOtherSessions(): Promise<void> {
		const { requests, auth } = this.#parts;
		await auth.session(() => requests.endpoint("DELETE /api/sessions"));
	}

	/** Changes the password, which ends all other sessions. A wrong old one is `wrong_password`. */
	async changePassword(oldPassword: string, newPassword: string): Promise<void> {
		const { requests, auth } = this.#parts;
		const body = { oldPassword, newPassword };
		await auth.session(() =>
			auth.renew(() => requests.endpoint("POST /api/password/change", { body })),
		);
	}

	/** Deletes the account with all of its data, and signs out. */
	deleteAccount(password: string): Promise<void> {
		const { requests, auth } = this.#parts;
		return auth.end(() => requests.endpoint("DELETE /api/me", { body: { password } }));
	}

	/** Sends a link to set a new password, if there is an account: the answer never tells. */
	async requestPasswordReset(email: string): Promise<void> {
		const { requests } = this.#parts;
		await requests.endpoint("POST /api/password-reset/request", { body: { email } });
	}

	/** Sets a new password. `token` is the one of the link. */
	async confirmPasswordReset(token: string, newPassword: string): Promise<void> {
		const { requests } = this.#parts;
		const body = { token, newPassword };
		await requests.endpoint("POST /api/password-reset/confirm", { body });
	}

	/** Mails the signed-in user a link that confirms the address. */
	async requestEmailVerification(): Promise<void> {
		const { requests, auth } = this.#parts;
		await auth.session(() => requests.endpoint("POST /api/email-verification/request"));
	}

	/**
	 * Confirms an address by the token of a mailed link. Where its user is not signed in here, it takes
	 * the password too: it refuses with `wrong_password`.
	 */
	async confirmEmailVerification(token: string, password?: string): Promise<void> {
		const { requests } = this.#parts;
		const body = { token, ...(password !== undefined && { password }) };
		await requests.endpoint("POST /api/email-verification/confirm", { body });
	}

	/** The value of a key; undefined when it is not set. Its type is a claim that nothing checks. */
	get<Value = unknown>(key: string): Promise<Value | undefined> {
		return this.#kv.get(key) as Promise<Value | undefined>;
	}

	/** Sets a key to anything that JSON can say. */
	set(key: string, value: unknown): Promise<void> {
		return this.#kv.set(key, value);
	}

	/**
	 * Calls the listener with each new value of a key, set here or anywhere else; with undefined
	 * once it is deleted.
	 */
	onChange<Value = unknown>(
		key: string,
		listener: (value: Value | undefined) => void,
	): Unsubscribe {
		return this.#kv.onChange(key, listener);
	}

	/** The endpoints and the changes of a table. */
	collection(name: string): Collection {
		return createCollection(this.#parts, name);
	}

	/** Calls the listener for each event of that name that the server broadcasts. None is replayed. */
	on<Data = unknown>(event: string, listener: (data: Data) => void): Unsubscribe {
		return this.#parts.live.add(eventPrefix + event, listener);
	}

	/**
	 * Calls the listener when changes may have been missed: after an outage too long for a replay,
	 * or for another user. Watched keys are fetched anew by themselves; fetch all else here.
	 */
	onResync(listener: () => void): Unsubscribe {
		return this.#own.add("resync", listener);
	}

	/** Calls the listener when the live connection changes its state. */
	onStatus(listener: (status: SocketStatus) => void): Unsubscribe {
		return this.#own.add("status", listener);
	}

	/**
	 * Calls the listener when somebody else is signed in than before, or nobody any more. An outage
	 * is no sign-out.
	 */
	onAuthStateChanged(listener: (user: User | undefined) => void): Unsubscribe {
		return this.#own.add("user", listener);
	}

	/** Ends live updates for good. Requests go on working. */
	close(): void {
		this.#parts.refetch.clear();
		this.#socket.close();
	}
}
