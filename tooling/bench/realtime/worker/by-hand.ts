import { DurableObject } from "cloudflare:workers";
import { v7 } from "uuid";
import { runAction } from "../../harness/worker/objects.ts";
import { toChange, toFrame } from "./frames.ts";
import { makeNote } from "./note.ts";

/**
 * What a careful person would write for these notes alone: a table, a log that is written in the
 * same transaction, hibernating sockets, each change made into a frame once and sent to all, and a
 * replay of what was missed. The frames are those of ours.
 */
export class ByHand extends DurableObject {
	readonly #sql = this.ctx.storage.sql;

	constructor(ctx: DurableObjectState, env: object) {
		super(ctx, env);
		this.#sql.exec(`CREATE TABLE IF NOT EXISTS notes (
			id TEXT PRIMARY KEY NOT NULL, text TEXT, position INTEGER,
			_created_at INTEGER NOT NULL, _updated_at INTEGER NOT NULL
		) STRICT, WITHOUT ROWID`);
		this.#sql.exec(`CREATE TABLE IF NOT EXISTS log (
			seq INTEGER PRIMARY KEY, event TEXT NOT NULL, body TEXT NOT NULL, timestamp INTEGER NOT NULL
		) STRICT`);
		ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
	}

	override async fetch(request: Request): Promise<Response> {
		if (request.headers.get("upgrade") === "websocket") return this.#accept(new URL(request.url));
		return runAction(this.#actions, request);
	}

	readonly #actions = {
		write: async ({ start, count }: { start: number; count: number }) => {
			for (let i = 0; i < count; i++) {
				this.#write(start + i);
				await this.ctx.storage.sync();
			}
		},
		kick: () => {
			for (const socket of this.ctx.getWebSockets()) socket.close(1012, "restart");
		},
	};

	#accept({ searchParams }: URL): Response {
		const { 0: client, 1: server } = new WebSocketPair();
		this.ctx.acceptWebSocket(server);
		const [[seq] = []] = this.#sql.exec("SELECT max(seq) FROM log").raw();
		const since = searchParams.get("since")?.split(".")[0];
		const mode = since === undefined ? "fresh" : "replay";
		const user = { id: this.ctx.id.toString(), email: "a@b.example" };
		server.send(
			JSON.stringify({ type: "hello", protocol: 1, epoch: "one", seq: seq ?? 0, mode, user }),
		);
		if (since !== undefined) this.#replay(server, Number(since));
		const headers = { "sec-websocket-protocol": "userdo.v1" };
		return new Response(null, { status: 101, webSocket: client, headers });
	}

	#replay(socket: WebSocket, since: number): void {
		const missed = this.#sql
			.exec(
				"SELECT seq, event, body, timestamp FROM log WHERE seq > ? ORDER BY seq LIMIT 100",
				since,
			)
			.raw();
		const changes: string[] = [];
		let to = since;
		for (const [seq, event, body, timestamp] of missed) {
			changes.push(toChange(Number(seq), String(event), String(body), Number(timestamp)));
			to = Number(seq);
		}
		socket.send(toFrame(since, to, changes));
	}

	#write(i: number): void {
		const { text, position } = makeNote(i);
		const [id, now, event] = [v7(), Date.now(), "table:notes"];
		const time = new Date(now).toISOString();
		const note = { id, text, position, createdAt: time, updatedAt: time };
		const body = JSON.stringify({ type: "create", data: note });
		const seq = this.ctx.storage.transactionSync(() => {
			this.#sql.exec("INSERT INTO notes VALUES (?, ?, ?, ?, ?)", id, text, position, now, now);
			const insert = "INSERT INTO log (event, body, timestamp) VALUES (?, ?, ?) RETURNING seq";
			return Number(this.#sql.exec(insert, event, body, now).one().seq);
		});
		const frame = toFrame(seq - 1, seq, [toChange(seq, event, body, now)]);
		for (const socket of this.ctx.getWebSockets()) socket.send(frame);
	}

	override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
		socket.close(code);
	}
}
