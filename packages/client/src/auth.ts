import type { EndpointResponse, User, UserSession } from "@userdo/contracts";
import { isUserDOError, UserDOError } from "@userdo/contracts/errors";
import type { Requests } from "./request.js";

/** Who is signed in. `null`: nobody; undefined: nobody has asked yet. */
export type AuthState = User | null | undefined;

const isSignedOut = (error: unknown) => isUserDOError(error) && error.status === 401;

/** What the client knows of the session. The session itself is in cookies that no script can read. */
export class Auth {
	readonly #requests: Requests;
	readonly #onChange: () => void;
	#user: AuthState;
	/** The id of this session, as far as a list of sessions has told. */
	#current: string | undefined;
	/** Grows with each answer about who is signed in, so that a slow older one is noticed. */
	#version = 0;
	#refreshing: Promise<void> | undefined;
	/** Signing in or out, while it is under way. */
	#changing: Promise<unknown> | undefined;

	constructor(requests: Requests, onChange: () => void) {
		this.#requests = requests;
		this.#onChange = onChange;
	}

	get user(): AuthState {
		return this.#user;
	}

	signIn(
		endpoint: "POST /api/signup" | "POST /api/login",
		email: string,
		password: string,
	): Promise<EndpointResponse<typeof endpoint>> {
		const body = { email, password };
		return this.renew(async () => {
			const answer = await this.#requests.endpoint(endpoint, { body });
			// A sign-up that waits for the mailed link (status 202) signs nobody in.
			if (answer.user === null) throw new UserDOError("email_not_verified");
			this.#set(answer.user);
			return answer;
		});
	}

	logout(): Promise<void> {
		return this.end(async () => {
			try {
				await this.#requests.endpoint("POST /api/logout");
			} catch (error) {
				if (!isSignedOut(error)) throw error;
			}
		});
	}

	/** Runs what signs this client out, unless it fails. */
	end(run: () => Promise<unknown>): Promise<void> {
		return this.renew(async () => {
			await run();
			this.#set(null);
		});
	}

	async sessions(): Promise<UserSession[]> {
		const { sessions } = await this.session(() => this.#requests.endpoint("GET /api/sessions"));
		this.#current = sessions.find(({ current }) => current)?.id;
		return sessions;
	}

	async revokeSession(id: string): Promise<void> {
		const send = () => this.#requests.endpoint("DELETE /api/sessions/:id", { params: { id } });
		await (id === this.#current ? this.end(send) : this.session(send));
	}

	async me(): Promise<User | undefined> {
		const version = this.#version;
		let user: User | null = null;
		try {
			({ user } = await this.session(() => this.#requests.endpoint("GET /api/me")));
		} catch (error) {
			if (!isSignedOut(error)) throw error;
		}
		if (version === this.#version) this.#set(user);
		return this.#user ?? undefined;
	}

	/** Sends a request of the session. One that comes back `unauthorized` gets a second chance. */
	async session<Body>(send: () => Promise<Body>): Promise<Body> {
		const id = this.#user?.id;
		const version = this.#version;
		try {
			return await send();
		} catch (error) {
			if (this.#user === null || !isUserDOError(error, "unauthorized")) throw error;
			// Somebody may have refreshed or signed in while this was on its way.
			const renewed = version !== this.#version;
			if (!renewed) await this.refresh();
			// What was meant for one user must not be done to another.
			if ((id || renewed) && id !== this.#user?.id) throw error;
			return send();
		}
	}

	/**
	 * Renews the session, once for all who ask at the same time.
	 *
	 * @throws UserDOError the status 401 says that nobody is signed in any more; any other error
	 * says nothing about that and changes nothing
	 */
	refresh(): Promise<void> {
		this.#refreshing ??= this.#refresh().finally(() => {
			this.#refreshing = undefined;
		});
		return this.#refreshing;
	}

	/**
	 * Runs what answers with new cookies. A refresh that is under way still has the old ones and would be
	 * refused, which is a sign-out, so the two wait for each other.
	 */
	async renew<Result>(run: () => Promise<Result>): Promise<Result> {
		while (this.#refreshing) await this.#refreshing.catch(() => {});
		const changing = run();
		this.#changing = changing;
		return changing;
	}

	async #refresh(): Promise<void> {
		const id = this.#user?.id;
		const version = this.#version;
		await this.#changing?.catch(() => {});
		if (version !== this.#version) {
			// A new session of the same user is as good as a refreshed one.
			if (id && id === this.#user?.id) return;
			throw new UserDOError("unauthorized");
		}
		try {
			const { user } = await this.#requests.endpoint("POST /api/refresh");
			this.#set(user);
		} catch (error) {
			if (isSignedOut(error)) this.#set(null);
			throw error;
		}
	}

	#set(user: User | null): void {
		const before = this.#user;
		this.#version++;
		this.#user = user;
		// From "not asked" to "nobody" is a change as well.
		if (before?.id !== user?.id || before === undefined) this.#onChange();
	}
}
