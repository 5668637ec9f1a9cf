import { type Env, UserDO, type UserDOOptions } from "@userdo/core";
import { runAction } from "../../harness/worker/objects.ts";
import { makeNote, NoteSchema } from "./note.ts";

/** Whose object is called so. */
export const emailOf = (object: string) => `${object}@example.com`;

/** In all objects, since the worker was started: they outlive those that sleep. */
export const counts = { instances: 0, messages: 0 };

/** The same by ours. */
export class Ours extends UserDO {
	static override options: UserDOOptions = { maxSockets: 10_000 };

	notes = this.table("notes", NoteSchema);

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		counts.instances++;
	}

	override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
		counts.messages++;
		await super.webSocketMessage(socket, message);
	}

	override async fetch(request: Request): Promise<Response> {
		if (request.headers.get("upgrade") === "websocket") return super.fetch(request);
		return runAction(this.#actions, request);
	}

	readonly #actions = {
		/** Answers what the Worker would say of a request, once it has verified its token. */
		signUp: async ({ object }: { object: string }) => {
			const email = emailOf(object);
			await this.signup({ email, password: "correct horse battery" });
			const [session] = (await this.listSessions()).sessions;
			return { sid: session?.id, email };
		},
		write: async ({ start, count }: { start: number; count: number }) => {
			for (let i = 0; i < count; i++) {
				this.notes.create(makeNote(start + i));
				await this.ctx.storage.sync();
			}
		},
		kick: () => {
			for (const socket of this.ctx.getWebSockets()) socket.close(1012, "restart");
		},
	};
}
