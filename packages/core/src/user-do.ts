import { DurableObject } from "cloudflare:workers";
import type { Collections, Snapshot, User, UserSession } from "@userdo/contracts";
import { isUserDOError, toErrorBody, UserDOError } from "@userdo/contracts/errors";
import {
	createDatabase,
	type Database,
	type DrizzleDatabase,
	type JsonList,
	type JsonQuery,
	type JsonRow,
} from "@userdo/tables";
import { Auth } from "./auth/auth.js";
import type { CallContext, SignedIn } from "./auth/auth-types.js";
import { describeSession } from "./auth/device.js";
import { pbkdf2 } from "./auth/password.js";
import { loadTokenKeys } from "./auth/tokens.js";
import type { PendingSignup } from "./auth/verification.js";
import { Batches, type BatchResult } from "./batch.js";
import { Calls } from "./calls.js";
import { type CollectionTableOptions, declareTables, type TablesOf } from "./collections.js";
import { ExpiryAlarm } from "./expiry-alarm.js";
import { exportStream } from "./export.js";
import { dispatch, type InvokeCall, type InvokeResult } from "./invoke.js";
import { type EntriesOptions, KeyValueStore, type ListOptions, type SetOptions } from "./kv.js";
import { type LimitCount, Limiter, type LimitResult } from "./limiter.js";
import { Mutations } from "./mutations.js";
import {
	type BatchOperation,
	Operations,
	type SingleOperation,
	type WriteResult,
} from "./operations.js";
import type { Env, UserDOOptions } from "./options.js";
import { answerClose, Realtime, type SocketSession } from "./realtime.js";
import { sessionHeader } from "./remote.js";
import { Wake } from "./wake.js";

/**
 * One user's own object: account, sessions, tables, key-value pairs and sockets, in one SQLite
 * database. Extend it with your business logic; every public method of your class can be called
 * from your Worker.
 *
 * Methods refuse with a `UserDOError`. What only the Worker may say (session, client address) comes
 * as a last argument that no caller from outside can set.
 *
 * @example
 * export class MyAppDO extends UserDO {
 *   posts = this.table("posts", PostSchema);
 *   async createPost(title: string) {
 *     return this.posts.create({ title });
 *   }
 * }
 */
export class UserDO<E extends Env = Env> extends DurableObject<E> {
	/** Settings of the class. */
	static options: UserDOOptions = {};

	// Fields, not methods: every method on a prototype can be called by whoever holds the binding.
	readonly #database: Database;
	readonly #kv: KeyValueStore;
	readonly #auth: Auth;
	readonly #realtime: Realtime;
	readonly #limiter = new Limiter();
	readonly #calls = new Calls();
	readonly #operations: Operations;
	readonly #batches: Batches;
	readonly #expiryAlarm: ExpiryAlarm;

	/** Declares a table: a Zod object schema becomes a SQLite table. Writes nothing by itself. */
	protected readonly table: Database["table"];

	/**
	 * Declares the tables of all collections (`defineCollections`), and gives them by name.
	 *
	 * @param options by collection what only the object knows: `migrations`
	 * @example
	 * posts = this.tables(collections).posts;
	 */
	protected readonly tables: <C extends Collections>(
		collections: C,
		options?: { readonly [Name in keyof C]?: CollectionTableOptions },
	) => TablesOf<C>;

	/**
	 * The Drizzle database over the same tables (`posts.drizzle`), for joins and whatever else SQL can
	 * do. Needs `import "userdo/drizzle"` or `import "@userdo/tables/drizzle"` somewhere. Its first
	 * query creates the declared tables, also where nobody signed up. Its writes are not validated by
	 * the schemas, but sockets hear of them.
	 */
	declare protected readonly db: DrizzleDatabase;

	/**
	 * Runs synchronous writes as one: all of them happen, or none, and no socket hears of any before.
	 * (Of an asynchronous `ctx.storage.transaction` sockets may hear before it is committed.)
	 */
	protected readonly transaction: Database["transaction"];

	/** Sends an event to the user's open sockets. It is not kept for those who are offline. */
	protected readonly broadcast: (event: string, data: unknown) => void;

	/**
	 * Tells the sockets of writes made by raw SQL as soon as the running code has come to a rest. Else
	 * they are told at the end of the call.
	 */
	protected readonly flush: () => void;

	constructor(ctx: DurableObjectState, env: E) {
		super(ctx, env);
		const options = (this.constructor as typeof UserDO).options;
		const onWrite = () => this.#realtime.schedule();
		this.#database = createDatabase(ctx.storage, {
			onWrite,
			transaction: (run) => this.#realtime.transaction(run),
		});
		const { changes } = this.#database;
		const wake = new Wake(ctx.storage.sql);
		wake.add(this.#database.wake);
		this.#kv = new KeyValueStore(ctx.storage, { changes, wake, onWrite, keys: options.keys });
		this.#expiryAlarm = new ExpiryAlarm(ctx.storage, this.#database.meta, this.#kv);
		this.#operations = new Operations(this.#database, this.#kv);
		this.#batches = new Batches({
			database: this.#database,
			operations: this.#operations,
			mutations: new Mutations(ctx.storage.sql),
		});
		this.#auth = new Auth(ctx, {
			wake,
			keys: () => loadTokenKeys(env),
			hasher: options.passwordHasher ?? pbkdf2,
			passwordPolicy: options.passwordPolicy ?? {},
			accessTokenLifetime: options.accessTokenLifetime ?? 15 * 60,
			resetTokenLifetime: options.resetTokenLifetime ?? 30 * 60,
			verificationTokenLifetime: options.verificationTokenLifetime ?? 24 * 60 * 60,
			requireVerifiedEmail: options.requireVerifiedEmail ?? false,
			audience: options.audience ?? "USERDO",
			settle: (life) => this.#calls.settle(life),
			onSignup: () => {
				changes.create();
				this.#kv.create();
				this.#database.create();
			},
			onSessionsEnd: (ids) => this.#realtime.closeSessions(ids),
			onSessionReplaced: (from, to) => this.#realtime.moveSockets(from, to),
			onForget: () => forgetTables(this.#database),
			onErase: () => this.#realtime.reset(),
			hooks: {
				authorizeSignup: (signup) => this.authorizeSignup(signup),
				onSignup: (user) => this.onSignup(user),
				onLogin: (user) => this.onLogin(user),
				onPasswordChanged: (user) => this.onPasswordChanged(user),
				onDelete: (user) => this.onDelete(user),
			},
		});
		const { sessions } = this.#auth;
		this.#realtime = new Realtime(ctx, {
			changes,
			sessions,
			userId: ctx.id.toString(),
			maxSockets: options.maxSockets ?? 32,
			wake,
		});
		this.table = this.#database.table.bind(this.#database);
		this.tables = (collections, options) => declareTables(this.#database, collections, options);
		this.transaction = this.#database.transaction.bind(this.#database);
		// Of the object, not of the class: a getter on the prototype could be read over RPC.
		Object.defineProperty(this, "db", { configurable: true, get: () => this.#database.db });
		this.broadcast = (event, data) => this.#realtime.broadcast(event, data);
		this.flush = () => this.#realtime.schedule();
	}

	/**
	 * Creates this user's account and signs in.
	 *
	 * @throws UserDOError `invalid_input`, `password_common`, `email_taken`; `email_not_verified` with
	 * the option `requireVerifiedEmail`, where {@link startSignup} is the way in
	 */
	async signup(
		credentials: { email: string; password: string },
		context: CallContext = {},
	): Promise<SignedIn> {
		this.#auth.verification.requireOptional();
		// Without the option no sign-up is pending.
		return (await this.#auth.signup(credentials, context)) as SignedIn;
	}

	/**
	 * What the Worker calls for a sign-up: {@link signup}, or with the option `requireVerifiedEmail` a
	 * pending sign-up and what to mail for it. Several may be pending for an address, the newest five
	 * for a day each; a link makes an account of its own sign-up alone.
	 *
	 * @throws UserDOError `invalid_input`, `email_taken`
	 */
	async startSignup(
		credentials: { email: string; password: string },
		context: CallContext = {},
	): Promise<SignedIn | PendingSignup> {
		if (!this.#auth.verification.required) return this.signup(credentials, context);
		return this.#auth.signup(credentials, context);
	}

	/**
	 * Signs in.
	 *
	 * @throws UserDOError `invalid_credentials`, alike for a wrong password and an unknown user;
	 * `rate_limited` after five failures in a row; `email_not_verified`, after the right password only,
	 * with the option `requireVerifiedEmail`
	 */
	async login(
		credentials: { email: string; password: string },
		context: CallContext = {},
	): Promise<SignedIn> {
		return this.#auth.login(credentials, context);
	}

	/**
	 * Whether this user is signed in on a device, by what verified tokens say. The Worker asks it before
	 * a sign-in: such a device has tries of its own, so that nobody elsewhere can lock it out.
	 */
	async isKnownDevice({
		sid,
		refreshId,
	}: {
		sid: string;
		/** The `jti` of the refresh token, where it is one. */
		refreshId?: string;
	}): Promise<boolean> {
		return this.#auth.sessions.recognizes(sid, refreshId);
	}

	/**
	 * Says whose access token this is.
	 *
	 * @throws UserDOError `unauthorized` for a bad token or an ended session
	 */
	async verifyToken(
		{ token }: { token: string },
		context: CallContext = {},
	): Promise<{ ok: true; user: User }> {
		await this.#auth.verifyToken(token, context);
		return { ok: true, user: this.#auth.user() };
	}

	/**
	 * Exchanges a refresh token for the next pair.
	 *
	 * @throws UserDOError `unauthorized`; `refresh_reused` for a token long superseded, which ends
	 * its session
	 */
	async refreshToken(
		{ refreshToken }: { refreshToken: string },
		context: CallContext = {},
	): Promise<SignedIn> {
		return this.#auth.refreshToken(refreshToken, context);
	}

	/**
	 * Changes the password and ends all sessions. The one that calls goes on as a new one, whose tokens
	 * come with the answer.
	 *
	 * @throws UserDOError `wrong_password`, `invalid_input`, `password_common`, `rate_limited`
	 */
	async changePassword(
		passwords: { oldPassword: string; newPassword: string },
		context: CallContext = {},
	): Promise<{ ok: true; token?: string; refreshToken?: string }> {
		const signedIn = await this.#auth.changePassword(passwords, context);
		if (signedIn === undefined) return { ok: true };
		const { token, refreshToken } = signedIn;
		return { ok: true, token, refreshToken };
	}

	/**
	 * Sets a password without asking for the old one, and ends all sessions. For the server only: a
	 * signed-in person changes it by `changePassword`, a forgetful one by a reset token.
	 *
	 * @throws UserDOError `invalid_input`, `password_common`; `not_found` where nobody signed up
	 */
	async resetPassword({ newPassword }: { newPassword: string }): Promise<{ ok: true }> {
		await this.#auth.resetPassword(newPassword);
		return { ok: true };
	}

	/**
	 * A token to be mailed to the user, good for one confirmation of the address; null where nobody
	 * signed up, the address is confirmed, or enough was mailed (one a minute, three an hour).
	 */
	async createEmailVerification(context: CallContext = {}): Promise<{ token: string | null }> {
		return { token: await this.#auth.createEmailVerification(context) };
	}

	/**
	 * Confirms the address by a mailed token, for a session of the account or with the password of the
	 * account or sign-up that the link is for. It signs nobody in.
	 *
	 * @throws UserDOError `invalid_token`, `wrong_password`, `signup_not_allowed`, `rate_limited`
	 */
	async confirmEmail(
		input: { token: string; password?: string | undefined },
		context: CallContext = {},
	): Promise<{ ok: true }> {
		await this.#auth.confirmEmail(input, context);
		return { ok: true };
	}

	/**
	 * A token to be mailed to the user, good for one new password; null where nobody signed up, or
	 * three were made within the hour.
	 */
	async createPasswordReset(context: CallContext = {}): Promise<{ token: string | null }> {
		return { token: await this.#auth.createPasswordReset(context) };
	}

	/**
	 * Sets a new password by a mailed token, which also confirms the address, and ends all sessions.
	 *
	 * @throws UserDOError `invalid_token`, `invalid_input`, `password_common`
	 */
	async confirmPasswordReset(
		{ token, newPassword }: { token: string; newPassword: string },
		context: CallContext = {},
	): Promise<{ ok: true }> {
		await this.#auth.confirmPasswordReset(token, newPassword, context);
		return { ok: true };
	}

	/** Ends the session that calls; without one (on the server) all of them. */
	async logout({ sid }: CallContext = {}): Promise<{ ok: true }> {
		if (sid === undefined) this.#auth.sessions.endAll();
		else this.#auth.sessions.end(sid);
		return { ok: true };
	}

	/** Every sign-in that lives, the last used first. `current` is the one that calls. */
	async listSessions({ sid }: CallContext = {}): Promise<{ sessions: UserSession[] }> {
		return { sessions: this.#auth.sessions.list().map((session) => describeSession(session, sid)) };
	}

	/**
	 * Ends a session, and closes its sockets.
	 *
	 * @throws UserDOError `not_found` when this user has no such session
	 */
	async revokeSession(id: string): Promise<{ ok: true }> {
		if (this.#auth.sessions.find(id) === undefined) throw new UserDOError("not_found");
		this.#auth.sessions.end(id);
		return { ok: true };
	}

	/** Ends all sessions but the one that calls; on the server, which has none, all of them. */
	async revokeOtherSessions({ sid }: CallContext = {}): Promise<{ ok: true }> {
		this.#auth.sessions.endAll(sid);
		return { ok: true };
	}

	/**
	 * Deletes the account and everything that is stored in the object, whoever has written it: tables,
	 * keys, sessions, the alarm. All sockets are closed. Before that runs {@link onDelete}.
	 *
	 * @throws UserDOError `wrong_password`, `rate_limited`
	 */
	async deleteAccount(
		{ password }: { password: string },
		context: CallContext = {},
	): Promise<{ ok: true }> {
		await this.#auth.deleteAccount({ password }, context);
		return { ok: true };
	}

	/**
	 * As {@link deleteAccount}, without the password: for the server only.
	 *
	 * @throws UserDOError `not_found` where nobody signed up
	 */
	async eraseAccount(): Promise<{ ok: true }> {
		await this.#auth.erase();
		return { ok: true };
	}

	/**
	 * All of the user's data as JSON Lines, read while it is sent: a line `user`, a line `key` for each
	 * key, a line `row` for each row of the declared tables (as events have it), and a line `end` with
	 * the counts, without which it is not complete.
	 *
	 * @throws UserDOError `not_found` where nobody signed up
	 */
	async exportData({ sid }: CallContext = {}): Promise<ReadableStream<Uint8Array>> {
		const { lives, sessions } = this.#auth;
		return exportStream({
			user: this.#auth.user(),
			kv: this.#kv,
			tables: this.#database.tables,
			isAllowed: () =>
				lives === this.#auth.lives && (sid === undefined || sessions.find(sid) !== undefined),
		});
	}

	/** @throws UserDOError `not_found` where nobody signed up */
	async getUser(): Promise<{ user: User }> {
		return { user: this.#auth.user() };
	}

	/**
	 * The value of that key, or undefined when it is not set. (Typed `unknown`, since a recursive JSON
	 * type is more than the runtime's own RPC types can take.)
	 */
	async get(key: string): Promise<unknown> {
		return this.#kv.get(key);
	}

	/**
	 * Sets a key to any JSON value, or what its schema says (the option `keys`), and tells the user's
	 * sockets, as the event `kv:{key}`.
	 *
	 * @returns the key's version, which grows with each change, for `ifVersion`
	 * @throws UserDOError `invalid_input`; `conflict` where the key has another version than
	 * `ifVersion`; `payload_too_large` above 1 MiB
	 */
	async set(key: string, value: unknown, options?: SetOptions): Promise<{ version: number }> {
		this.#kv.expire();
		const version = this.#kv.set(key, value, options);
		if (options?.ttl !== undefined) await this.#expiryAlarm.arm();
		return { version };
	}

	/**
	 * Deletes a key; false when it was not set.
	 *
	 * @throws UserDOError `conflict` where the key has another version than `ifVersion`
	 */
	async delete(key: string, options?: Pick<SetOptions, "ifVersion">): Promise<boolean> {
		this.#kv.expire();
		return this.#kv.delete(key, options);
	}

	/** Keys with their values, in the order of their UTF-8 bytes; without options all of them. */
	async list(options?: ListOptions): Promise<Record<string, unknown>> {
		return this.#kv.list(options).data;
	}

	/** As {@link list}, or one key alone, with the versions. `next`: where `limit` has left out others. */
	async getEntries(options?: EntriesOptions): Promise<{
		data: Record<string, unknown>;
		versions: Record<string, number>;
		next?: string;
	}> {
		return this.#kv.entries(options);
	}

	/**
	 * Rows of a declared table as JSON, with the place in the change log at which they were read. For
	 * the Worker's routes; here `this.posts` does more.
	 *
	 * @throws UserDOError `not_found` for an unknown table, `invalid_input` naming what is wrong
	 */
	async listRows(collection: string, query: JsonQuery = {}): Promise<JsonList> {
		return this.#operations.list(collection, query);
	}

	/** How many rows there are of which all conditions are true. */
	async countRows(
		collection: string,
		where?: readonly unknown[],
	): Promise<{ count: number; snapshot: Snapshot }> {
		return this.#operations.count(collection, where);
	}

	/** One row as JSON; undefined where there is none. */
	async getRow(collection: string, id: string): Promise<JsonRow | undefined> {
		return this.#operations.find(collection, id);
	}

	/**
	 * Runs one write as it comes over HTTP, of a table or a key. What it refuses is named as the table
	 * names it: `title`.
	 *
	 * @throws UserDOError as that write; `not_found` for an unknown table, or where nobody signed up
	 */
	async runOperation(operation: SingleOperation): Promise<WriteResult> {
		this.#auth.user();
		const result = this.#operations.run(operation);
		if ("key" in operation) await this.#expiryAlarm.arm();
		return result;
	}

	/**
	 * Runs up to 50 writes in one transaction: all of them happen, or none. Each has an id of the
	 * caller's; sent again within 24 hours it does nothing, and answers as it did first.
	 *
	 * @throws UserDOError as those writes, with the place: `operations.3.data.title`; `conflict` for an
	 * id that was another write's; `not_found` where nobody signed up
	 */
	async runBatch(operations: readonly BatchOperation[]): Promise<BatchResult> {
		this.#auth.user();
		const result = this.#batches.run(operations);
		await this.#expiryAlarm.arm();
		return result;
	}

	/**
	 * Counts a try and says whether it passes. The Worker asks this of objects that are nobody's; it is
	 * kept in memory and writes nothing.
	 */
	async countLimit(count: LimitCount): Promise<LimitResult> {
		return this.#limiter.count(count);
	}

	/** Counts a try to the end that was on trial. */
	async keepLimit(key: string, trial: number): Promise<void> {
		this.#limiter.keep(key, trial);
	}

	/** Takes back the last try of a key, or all of them. */
	async forgetLimit(key: string, what: "last" | "all" = "all"): Promise<void> {
		this.#limiter.forget(key, what);
	}

	/**
	 * How the Worker calls: one hop that checks the session, runs the call and tells the sockets.
	 * Errors come back as data, since their fields don't survive an RPC everywhere.
	 */
	async invoke(call: InvokeCall): Promise<InvokeResult> {
		const { lives } = this.#auth;
		const result = await this.#calls.run(lives, () =>
			dispatch(this, call, {
				base: UserDO.prototype,
				tables: this.#database.tables,
				sessions: this.#auth.sessions,
			}),
		);
		// The account was deleted while the call ran: what it wrote since must go as well.
		if (lives !== this.#auth.lives) await this.#auth.sweep();
		this.#realtime.flush();
		return result;
	}

	/**
	 * Decides who may sign up, before anything is hashed or written. Override it; for all hooks: no
	 * session and no call through {@link invoke} reaches them, but code that holds the binding can call
	 * every method of a class directly, so they should do nothing that your Worker must not.
	 *
	 * @returns true to let the sign-up happen; whatever else, or an error, refuses it
	 */
	protected authorizeSignup(_signup: { email: string }): boolean | Promise<boolean> {
		return true;
	}

	/**
	 * Runs within the sign-up, when the account is there and nobody is signed in yet. No other call of
	 * the object runs meanwhile, for 30 seconds at most. When it throws, the sign-up and all that it
	 * wrote are undone, and the error is the caller's.
	 */
	protected onSignup(_user: User): void | Promise<void> {}

	/** Runs once the password is right. When it throws, nobody is signed in. */
	protected onLogin(_user: User): void | Promise<void> {}

	/**
	 * Runs when the password was changed or reset, and the sessions have ended. When it throws, the new
	 * password stands; the log tells of the error.
	 */
	protected onPasswordChanged(_user: User): void | Promise<void> {}

	/** Runs before everything is deleted. When it throws, nothing is. */
	protected onDelete(_user: User): void | Promise<void> {}

	/** Takes the WebSocket upgrades that the Worker has verified. */
	override async fetch(request: Request): Promise<Response> {
		const session = request.headers.get(sessionHeader);
		if (request.headers.get("upgrade") !== "websocket" || session === null) {
			return refuse(new UserDOError("upgrade_required"));
		}
		try {
			const opened = JSON.parse(session) as SocketSession;
			if (opened.limit !== undefined) this.#limiter.require(opened.limit);
			return this.#realtime.accept(request, opened);
		} catch (error) {
			return refuse(error);
		}
	}

	/**
	 * Clears away sign-ups that nobody confirmed, and keys that have expired. An `alarm` of your own
	 * calls `super.alarm()`.
	 */
	override async alarm(): Promise<void> {
		await this.#auth.verification.expire();
		await this.#expiryAlarm.ring();
	}

	override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
		if (this.#realtime.owns(socket)) this.#realtime.receive(socket, message);
	}

	override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
		if (this.#realtime.owns(socket)) answerClose(socket, code);
	}

	override async webSocketError(socket: WebSocket): Promise<void> {
		if (this.#realtime.owns(socket)) answerClose(socket, 1011);
	}
}

/** The same shape as every error of the Worker, which passes this answer on. */
function refuse(error: unknown): Response {
	const known = isUserDOError(error) ? error : new UserDOError("internal_error", { cause: error });
	return Response.json(toErrorBody(known), { status: known.status });
}

/** Makes the tables look anew at what is stored, as they do when a transaction is rolled back. */
function forgetTables(database: Database): void {
	try {
		database.transaction(() => {
			throw forgotten;
		});
	} catch (error) {
		if (error !== forgotten) throw error;
	}
}

const forgotten = new Error("forgotten");
