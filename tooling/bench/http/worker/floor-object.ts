import { DurableObject } from "cloudflare:workers";
import { type PasswordHasher, pbkdf2 } from "@userdo/core";
import { v7 } from "uuid";
import { toChange, toFrame } from "../../realtime/worker/frames.ts";
import type { NoteInput } from "../../realtime/worker/note.ts";
import { PostsByHand } from "../../tables/worker/by-hand.ts";
import type { PostInput } from "../../tables/worker/posts.ts";
import { watchRows } from "./count-rows.ts";
import { createSchema } from "./floor-schema.ts";
import { noHash } from "./hasher.ts";

const maxChanges = 10_000;
const maxFrame = 100;

export interface Started {
	user: User;
	sid: string;
}

interface User {
	id: string;
	email: string;
	emailVerified: boolean;
	createdAt: string;
}

/**
 * What a careful person would write for this app alone: constant statements, a session that is looked
 * up in a map of its own rows, and a log by triggers. Nothing is validated.
 */
export class FloorHashing extends DurableObject {
	protected readonly hasher: PasswordHasher = pbkdf2;
	readonly #sql = this.ctx.storage.sql;
	readonly #posts = new PostsByHand(this.ctx.storage, "posts");
	#sessions: Set<string> | undefined;
	#user: (User & { passwordHash: string }) | undefined;
	#pruned = 0;

	constructor(ctx: DurableObjectState, env: object) {
		super(ctx, env);
		watchRows(ctx.storage.sql);
	}

	async signup(email: string, password: string, userAgent: string): Promise<Started> {
		const hash = await this.hasher.hash(password);
		createSchema(this.#sql);
		this.#sql.exec("INSERT INTO account VALUES (1, ?, ?, ?)", email, hash, Date.now());
		this.#sessions = new Set();
		return this.#start(userAgent);
	}

	async login(password: string, userAgent: string): Promise<Started | undefined> {
		const user = this.#account();
		if (!(await this.hasher.verify(password, user.passwordHash))) return undefined;
		return this.#start(userAgent);
	}

	me(sid: string): { user: User } | undefined {
		if (!this.#lives(sid)) return undefined;
		return { user: toUser(this.#account()) };
	}

	getKey(sid: string, key: string) {
		if (!this.#lives(sid)) return undefined;
		const [row] = this.#sql.exec("SELECT value, version FROM kv WHERE key = ?", key).raw();
		if (!row) return { data: {}, versions: {} };
		return { data: { [key]: JSON.parse(String(row[0])) }, versions: { [key]: Number(row[1]) } };
	}

	setKey(sid: string, key: string, value: unknown) {
		if (!this.#lives(sid)) return undefined;
		const text = JSON.stringify(value);
		const { version } = this.#sql.exec(setKey, key, text, Date.now()).one();
		this.#publish();
		return { ok: true, version: Number(version) };
	}

	createPost(sid: string, input: PostInput) {
		if (!this.#lives(sid)) return undefined;
		const post = this.#posts.insert({ ...input, publishedAt: new Date(input.publishedAt) });
		this.#publish();
		return post;
	}

	listPosts(sid: string) {
		if (!this.#lives(sid)) return undefined;
		const { items, hasNextPage } = this.#posts.page('[-1,""]');
		const last = items.at(-1);
		const cursor = JSON.stringify(["score asc,id asc", last?.score, last?.id]);
		const pageInfo = { hasNextPage, endCursor: btoa(cursor).replaceAll("=", "") };
		return { items, pageInfo, snapshot: { epoch: "one", seq: this.#seq() } };
	}

	countPosts(sid: string, category: string) {
		if (!this.#lives(sid)) return undefined;
		return { count: this.#posts.countOfCategory(category) };
	}

	fillPosts(posts: PostInput[]): void {
		this.#posts.insertMany(
			posts.map((post) => ({ ...post, publishedAt: new Date(post.publishedAt) })),
		);
		this.#publish();
	}

	fillNotes(notes: NoteInput[]): void {
		const insert = "INSERT INTO notes VALUES (?, ?, ?, ?, ?)";
		this.ctx.storage.transactionSync(() => {
			for (const { text, position } of notes) {
				this.#sql.exec(insert, v7(), text, position, Date.now(), Date.now());
			}
		});
		this.#publish();
	}

	announce(data: object): void {
		const text = JSON.stringify({ type: "event", event: "news", data, timestamp: Date.now() });
		for (const socket of this.ctx.getWebSockets()) socket.send(text);
	}

	restart(): void {
		this.ctx.abort("restart");
	}

	/** Takes a socket of a session that the Worker has verified. */
	override async fetch(request: Request): Promise<Response> {
		const sid = request.headers.get("x-session") ?? "";
		if (!this.#lives(sid)) return new Response(null, { status: 401 });
		const { 0: client, 1: server } = new WebSocketPair();
		this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
		this.ctx.acceptWebSocket(server);
		server.serializeAttachment({ sid });
		const { searchParams } = new URL(request.url);
		const since = searchParams.get("since")?.split(".")[0];
		const mode = since === undefined ? "fresh" : "replay";
		const { id, email } = this.#account();
		const seq = this.#seq();
		const user = { id, email };
		server.send(JSON.stringify({ type: "hello", protocol: 1, epoch: "one", seq, mode, user }));
		if (since !== undefined) this.#tell([server], Number(since));
		const headers = { "sec-websocket-protocol": "userdo.v1" };
		return new Response(null, { status: 101, webSocket: client, headers });
	}

	override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
		socket.close(code === 1005 || code === 1006 ? 1000 : code);
	}

	#start(userAgent: string): Started {
		const sid = crypto.randomUUID();
		this.#lives(sid);
		if ((this.#sessions?.size ?? 0) >= 50) {
			const oldest = "SELECT id FROM sessions ORDER BY created_at LIMIT 1";
			for (const [id] of this.#sql.exec(oldest).raw()) {
				this.#sql.exec("DELETE FROM sessions WHERE id = ?", id);
				this.#sessions?.delete(String(id));
			}
		}
		this.#sql.exec("INSERT INTO sessions VALUES (?, ?, ?)", sid, userAgent, Date.now());
		this.#sessions?.add(sid);
		return { user: toUser(this.#account()), sid };
	}

	#lives(sid: string): boolean {
		this.#sessions ??= new Set(
			Array.from(this.#sql.exec("SELECT id FROM sessions").raw(), ([id]) => String(id)),
		);
		return this.#sessions.has(sid);
	}

	#account() {
		if (this.#user) return this.#user;
		const columns = "email, password_hash, created_at";
		const [row = []] = this.#sql.exec(`SELECT ${columns} FROM account`).raw();
		this.#user = {
			id: this.ctx.id.toString(),
			email: String(row[0]),
			emailVerified: false,
			createdAt: new Date(Number(row[2])).toISOString(),
			passwordHash: String(row[1]),
		};
		return this.#user;
	}

	#seq(): number {
		const [row] = this.#sql.exec("SELECT max(seq) FROM log").raw();
		return Number(row?.[0] ?? 0);
	}

	/** Sockets are told what is new; now and then the log is cut. */
	#publish(): void {
		const sockets = this.ctx.getWebSockets();
		const seq = this.#seq();
		if (sockets.length > 0) this.#tell(sockets, seq - 1);
		if (seq < this.#pruned + maxFrame) return;
		this.#sql.exec("DELETE FROM log WHERE seq <= ?", seq - maxChanges);
		this.#pruned = seq;
	}

	#tell(sockets: readonly WebSocket[], since: number): void {
		for (let from = since; ; ) {
			const rows = [...this.#sql.exec(readLog, from).raw()];
			if (rows.length === 0) return;
			const changes = rows.map(([seq, event, body, timestamp]) =>
				toChange(Number(seq), String(event), String(body), Number(timestamp)),
			);
			const to = Number(rows.at(-1)?.[0]);
			const frame = toFrame(from, to, changes);
			for (const socket of sockets) socket.send(frame);
			from = to;
		}
	}
}

/** The same, without the cost of a password. */
export class Floor extends FloorHashing {
	protected override readonly hasher = noHash;
}

function toUser({ id, email, emailVerified, createdAt }: User): User {
	return { id, email, emailVerified, createdAt };
}

const setKey = `INSERT INTO kv (key, value, version, updated_at)
	VALUES (?, ?, (SELECT ifnull(max(seq), 0) + 1 FROM log), ?)
	ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version,
		updated_at = excluded.updated_at
	RETURNING version`;

const readLog = `SELECT seq, event, body, timestamp FROM log WHERE seq > ? ORDER BY seq LIMIT ${maxFrame}`;
