import * as z from "zod";
import { UserDO } from "../src/index.js";

export class PlainDO extends UserDO {}

export class NotesDO extends UserDO {
	notes = this.table("notes", z.object({ text: z.string(), done: z.boolean().default(false) }));
	/** A property that is named otherwise than its table. */
	labels = this.table("note_labels", z.object({ name: z.string() }));
	secrets = { list: () => "not a table" };

	async addNote(text: string) {
		return this.notes.create({ text });
	}

	async addTwo(first: string, second: string) {
		return this.transaction(() => [
			this.notes.create({ text: first }),
			this.notes.create({ text: second }),
		]);
	}

	async addRaw(text: string) {
		this.ctx.storage.sql.exec("UPDATE notes SET text = ?", text);
	}

	async announce(event: string, data: unknown) {
		this.broadcast(event, data);
	}

	async fail(): Promise<never> {
		throw new RangeError("the note is out of ink");
	}

	async _hidden() {
		return "hidden";
	}

	/** So that a test can see an instance end and the next one begin. */
	readonly instance = crypto.randomUUID();
	async getInstance() {
		return this.instance;
	}
}

export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler;
