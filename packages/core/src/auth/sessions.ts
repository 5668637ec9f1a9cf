import { UserDOError } from "@userdo/contracts/errors";
import { rowsIfTable, toFields } from "../sql.js";
import type { Wake } from "../wake.js";
import { hashTokenId, refreshIds, type TokenKeys } from "./tokens.js";

const day = 24 * 60 * 60 * 1000;
/** A refresh token that is not used for this long ends its session. Milliseconds. */
export const idleLifetime = 7 * day;
/** No session outlives this, however often it is refreshed. Milliseconds. */
export const absoluteLifetime = 30 * day;
const maxSessions = 50;
/** How long a superseded refresh token still passes, beyond its successor's first use. */
const graceMs = 10_000;
/** Nobody refreshes as often as that within ten seconds. */
const maxGrace = 20;

/** One sign-in on one device. Times are milliseconds since 1970. */
export interface Session {
	readonly id: string;
	readonly userAgent: string;
	readonly createdAt: number;
	/** When its tokens were last made. */
	readonly refreshedAt: number;
	/** Counts the refresh tokens of this session; the newest is the live one. */
	readonly generation: number;
	/** SHA-256 of the `jti` of the live refresh token. */
	readonly tokenHash: string;
	/** Of the one before: it passes until the live one is first used. */
	readonly previousHash: string | null;
	/** Of those before that one, which still pass for some seconds: JSON of {@link Grace}. */
	readonly grace: string;
}

/** Hashes of superseded refresh tokens, and until when they pass. */
type Grace = readonly (readonly [hash: string, until: number])[];

const sessionsDdl = `CREATE TABLE IF NOT EXISTS _userdo_sessions (
	id TEXT PRIMARY KEY NOT NULL,
	user_agent TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	refreshed_at INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	token_hash TEXT NOT NULL,
	previous_hash TEXT,
	grace TEXT NOT NULL
) STRICT, WITHOUT ROWID`;

/** A session with the `jti` of the refresh token to hand out. */
export interface IssuedSession {
	session: Session;
	refreshId: string;
}

/** When this session's refresh token stops to work, unless it is used before. */
export function sessionExpiry({ createdAt, refreshedAt }: Session): number {
	return Math.min(refreshedAt + idleLifetime, createdAt + absoluteLifetime);
}

/**
 * The sessions of one user: a map in memory, loaded from the object's own table, of which this is
 * the only writer. So a look-up costs no I/O, and an ended session is dead on the next call.
 */
export class Sessions {
	readonly #sql: SqlStorage;
	/** Called with the ids of sessions that have just ended. */
	readonly #onEnd: (ids: string[]) => void;
	readonly #wake: Wake | undefined;
	#loaded: Map<string, Session> | undefined;

	constructor(sql: SqlStorage, onEnd: (ids: string[]) => void, wake?: Wake) {
		this.#sql = sql;
		this.#onEnd = onEnd;
		this.#wake = wake;
		wake?.add({
			columns: `(SELECT json_group_array(${json}) FROM _userdo_sessions) AS sessions`,
			take: ({ sessions }) => this.#keep(JSON.parse(String(sessions))),
		});
	}

	/** Makes the table. */
	create(): void {
		this.#sql.exec(sessionsDdl);
	}

	/** The session of that id, if it lives. */
	find(id: string, now = Date.now()): Session | undefined {
		const session = this.#all.get(id);
		return session !== undefined && now < sessionExpiry(session) ? session : undefined;
	}

	/** @throws UserDOError `unauthorized` when the session has ended */
	require(id: string): Session {
		const session = this.find(id);
		if (session === undefined) throw new UserDOError("unauthorized");
		return session;
	}

	/**
	 * Whether a session lives and that refresh token, by its `jti`, is its live one or the one before:
	 * an older one may be a copy that somebody else has kept.
	 */
	recognizes(id: string, refreshId: string | undefined, now = Date.now()): boolean {
		const session = this.find(id, now);
		if (session === undefined || refreshId === undefined) return session !== undefined;
		return [session.tokenHash, session.previousHash].includes(hashTokenId(refreshId));
	}

	/** Those that live, the last used first. */
	list(now = Date.now()): Session[] {
		return [...this.#all.values()]
			.filter((session) => now < sessionExpiry(session))
			.sort((a, b) => b.refreshedAt - a.refreshedAt);
	}

	/** Starts a session; where there are 50 already, the one unused for the longest time ends. */
	start(keys: TokenKeys, userAgent = "", now = Date.now()): IssuedSession {
		const expired = [...this.#all.values()].filter((session) => now >= sessionExpiry(session));
		this.#end([...expired, ...this.list(now).slice(maxSessions - 1)].map(({ id }) => id));
		const id = crypto.randomUUID();
		const refreshId = newestRefreshId(keys, id, 0);
		const session: Session = {
			id,
			userAgent: userAgent.slice(0, 256),
			createdAt: now,
			refreshedAt: now,
			generation: 0,
			tokenHash: hashTokenId(refreshId),
			previousHash: null,
			grace: "[]",
		};
		this.#write(session);
		return { session, refreshId };
	}

	/**
	 * Exchanges a refresh token for its successor. A lost answer and parallel tabs do no harm: until
	 * the successor is first used, and for ten seconds at least, its predecessor gets it again.
	 *
	 * @param refreshId the token's `jti`
	 * @throws UserDOError `unauthorized` when the session has ended; `refresh_reused` for a token
	 * superseded long ago, which then ends the session: either its holder or ours has stolen it
	 */
	refresh(keys: TokenKeys, id: string, refreshId: string, now = Date.now()): IssuedSession {
		const session = this.find(id, now);
		if (session === undefined) throw new UserDOError("unauthorized");
		const hash = hashTokenId(refreshId);
		if (hash === session.tokenHash) return this.#rotate(keys, session, now);
		const inGrace = graceOf(session, now).some(([known]) => known === hash);
		if (hash !== session.previousHash && !inGrace) {
			this.end(id);
			throw new UserDOError("refresh_reused");
		}
		const live = refreshIds(keys, id, session.generation).find(
			(candidate) => hashTokenId(candidate) === session.tokenHash,
		);
		// Not found: made under a secret that is retired by now.
		return live === undefined ? this.#rotate(keys, session, now) : { session, refreshId: live };
	}

	#rotate(keys: TokenKeys, session: Session, now: number): IssuedSession {
		const { previousHash, refreshedAt } = session;
		const superseded: Grace = previousHash === null ? [] : [[previousHash, refreshedAt + graceMs]];
		const grace = [...graceOf(session, now), ...superseded]
			.filter(([, until]) => now < until)
			.slice(-maxGrace);
		const generation = session.generation + 1;
		const refreshId = newestRefreshId(keys, session.id, generation);
		const rotated: Session = {
			...session,
			generation,
			refreshedAt: now,
			tokenHash: hashTokenId(refreshId),
			previousHash: session.tokenHash,
			grace: JSON.stringify(grace),
		};
		this.#write(rotated);
		return { session: rotated, refreshId };
	}

	/** Ends that session; false when there is none. */
	end(id: string): boolean {
		const existed = this.#all.has(id);
		this.#end(existed ? [id] : []);
		return existed;
	}

	/** Ends all sessions but the one to keep. */
	endAll(keep?: string): void {
		this.#end([...this.#all.keys()].filter((id) => id !== keep));
	}

	/** What was read is of a storage that has changed since. */
	forget(): void {
		this.#loaded = undefined;
	}

	#end(ids: string[]): void {
		if (ids.length === 0) return;
		for (const id of ids) {
			this.#sql.exec("DELETE FROM _userdo_sessions WHERE id = ?", id);
			this.#all.delete(id);
		}
		this.#onEnd(ids);
	}

	#write(session: Session): void {
		this.#sql.exec(
			"INSERT OR REPLACE INTO _userdo_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			session.id,
			session.userAgent,
			session.createdAt,
			session.refreshedAt,
			session.generation,
			session.tokenHash,
			session.previousHash,
			session.grace,
		);
		this.#all.set(session.id, session);
	}

	get #all(): Map<string, Session> {
		if (this.#loaded === undefined) this.#wake?.read();
		return this.#loaded ?? this.#keep(load(this.#sql));
	}

	#keep(sessions: readonly Session[]): Map<string, Session> {
		this.#loaded = new Map(sessions.map((session) => [session.id, session]));
		return this.#loaded;
	}
}

function graceOf({ grace }: Session, now: number): Grace {
	return (JSON.parse(grace) as Grace).filter(([, until]) => now < until);
}

function newestRefreshId(keys: TokenKeys, sid: string, generation: number): string {
	return refreshIds({ ...keys, all: [keys.signing] }, sid, generation)[0] as string;
}

const columns: Record<keyof Session, string> = {
	id: "id",
	userAgent: "user_agent",
	createdAt: "created_at",
	refreshedAt: "refreshed_at",
	generation: "generation",
	tokenHash: "token_hash",
	previousHash: "previous_hash",
	grace: "grace",
};
const { selected, json } = toFields(columns);

function load(sql: SqlStorage): Session[] {
	const query = `SELECT ${selected} FROM _userdo_sessions`;
	const rows = rowsIfTable<Record<keyof Session, SqlStorageValue>>(sql, query);
	return (rows ?? []) as unknown as Session[];
}
