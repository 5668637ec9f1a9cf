import type { collections } from "@tooling/chaos/collections";
import type { Random } from "@tooling/chaos/random";
import { UserDOClient } from "@userdo/client";
import { withTokens } from "@userdo/client/tokens";
import { isUserDOError } from "@userdo/contracts/errors";
import type { Outcome } from "./expected.js";
import { Network } from "./network.js";
import { address, type Server } from "./server.js";

const password = "a long password";
/** Of ended sessions, how many are tried again and again. */
const maxDead = 3;

/** A client and what its session must be like. */
export class Session {
	readonly client: UserDOClient<typeof collections>;
	readonly network: Network;
	readonly outcomes: Record<Outcome, number> = { done: 0, refused: 0, unknown: 0 };
	readonly wrong: string[] = [];
	ended = 0;
	/** How often a machine that stood still let even a new token run out on its way. */
	late = 0;
	/**
	 * `doubtful`: no answer came to what would have ended it. `left`: nobody has ended it, but this client
	 * has let go of it; a refresh that was under way then may give it back.
	 */
	#state: "alive" | "doubtful" | "left" | "ended" = "ended";
	#tokens: string | null = null;
	/** Of the session that lives, or did last: a client forgets them when it ends. */
	#last: string | undefined;
	readonly #dead: string[] = [];
	readonly #email: string;
	readonly #name: string;
	readonly #server: Server;

	constructor(name: string, email: string, server: Server, random: Random) {
		this.#name = name;
		this.#email = email;
		this.#server = server;
		this.network = new Network(server, random);
		const storage = {
			get: () => this.#tokens,
			set: (text: string | null) => {
				this.#tokens = text;
				this.#last = text ?? this.#last;
			},
		};
		const { fetch, WebSocket } = this.network;
		this.client = new UserDOClient(`${address}/api`, withTokens(storage, { fetch, WebSocket }));
	}

	get isOver(): boolean {
		return this.#state === "ended" || this.#state === "left";
	}

	async signUp(): Promise<void> {
		await this.client.signup(this.#email, password);
		this.#state = "alive";
	}

	/** Signs in where nobody is. An answer that is lost leaves a session that nobody has. */
	async signIn(): Promise<void> {
		if (!this.isOver) return;
		const outcome = await this.write(() => this.client.login(this.#email, password));
		if (outcome === "done") this.#state = "alive";
	}

	async signOut(): Promise<void> {
		if (this.isOver) return;
		const outcome = await this.write(() => this.client.logout());
		// A logout that comes too late is refused, and the client takes that for one.
		if (outcome === "done" && this.#tokens !== null) this.#lost("was not signed out");
		else if (outcome === "done") this.#end();
		else if (!this.isOver) this.#state = "doubtful";
	}

	/** Ends the other one's session from here. */
	async signOutOther(other: Session): Promise<void> {
		if (this.isOver || other.isOver) return;
		const outcome = await this.write(() => this.client.revokeOtherSessions());
		if (outcome === "done") other.#end();
		else if (outcome === "unknown" && !other.isOver) other.#state = "doubtful";
	}

	/**
	 * Runs a write. Whoever must be signed in and is told otherwise has lost a session.
	 *
	 * @param refusals codes that are right
	 */
	async write(run: () => Promise<unknown>, ...refusals: string[]): Promise<Outcome> {
		const outcome = await this.#try(run, refusals);
		this.outcomes[outcome]++;
		return outcome;
	}

	async #try(run: () => Promise<unknown>, refusals: string[]): Promise<Outcome> {
		try {
			await run();
			if (this.#state === "doubtful") this.#state = "alive";
			return "done";
		} catch (error) {
			if (isUserDOError(error, "network_error") || isUserDOError(error, "timeout"))
				return "unknown";
			if (isUserDOError(error, "unauthorized")) {
				this.#lost();
				// A batch may have been done by a try before.
				return this.network.wasLate ? "unknown" : "refused";
			}
			if (!isUserDOError(error) || !refusals.includes(error.code)) {
				this.wrong.push(`${this.#name}: ${String(error)}`);
			}
			return "refused";
		}
	}

	#lost(what = "has lost its session"): void {
		if (this.network.wasLate) this.#leave();
		else {
			if (this.#state === "alive") this.wrong.push(`${this.#name} ${what}`);
			this.#end();
		}
	}

	/** Of the session nothing is known any more; nobody has it. */
	#leave(): void {
		this.#tokens = null;
		this.#state = "left";
		this.late++;
	}

	#end(): void {
		if (this.#state === "ended") return;
		this.#state = "ended";
		this.ended++;
		if (this.#last !== undefined) this.#dead.push(this.#last);
		this.#dead.splice(0, this.#dead.length - maxDead);
	}

	/** Whoever was not signed out still is in, and whoever was is out for good. */
	async check(): Promise<void> {
		const user = await this.client.me();
		if (this.isOver !== (user === undefined)) {
			if (this.#state === "left") this.#state = "alive";
			else if (this.isOver) this.wrong.push(`${this.#name} was signed out, and is in again`);
			else this.#lost();
		} else if (user !== undefined) this.#state = "alive";
		for (const tokens of this.#dead) {
			const { token, refreshToken } = JSON.parse(tokens);
			const me = await this.#status("me", { headers: { authorization: `Bearer ${token}` } });
			const refresh = await this.#status("refresh", {
				method: "POST",
				headers: { "content-type": "application/json", "x-userdo-tokens": "body" },
				body: JSON.stringify({ refreshToken }),
			});
			if (me !== 401 || refresh !== 401) {
				this.wrong.push(`${this.#name}: an ended session gets ${me}, its refresh ${refresh}`);
			}
		}
	}

	async #status(path: string, init: RequestInit): Promise<number> {
		const response = await fetch(this.#server.resolve(`${address}/api/${path}`), init);
		await response.arrayBuffer();
		return response.status;
	}
}
