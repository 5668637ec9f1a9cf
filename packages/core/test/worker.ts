import { defineCollections, defineKeys, type User } from "@userdo/contracts";
import { eq } from "@userdo/tables/drizzle";
import * as z from "zod";
import { commonPasswords } from "../src/auth/common-passwords.js";
import { scrypt } from "../src/auth/scrypt.js";
import { chainHashers, pbkdf2, UserDO, type UserDOOptions } from "../src/index.js";

export class PlainDO extends UserDO {}

/** What the hasher of {@link CheapDO} was asked for. */
export const hashed = { made: 0, verified: 0 };

/** Its hashes cost nothing, for tests of many sign-ins. */
export class CheapDO extends UserDO {
	static override options: UserDOOptions = {
		passwordHasher: {
			async hash(password) {
				hashed.made += 1;
				return `plain:${password}`;
			},
			async verify(password, stored) {
				hashed.verified += 1;
				return stored === `plain:${password}`;
			},
			needsRehash: () => false,
		},
		maxSockets: 2,
	};

	/** What stands in this object's storage. */
	async getTables(): Promise<string[]> {
		const rows = this.ctx.storage.sql.exec("SELECT name FROM sqlite_master").toArray();
		return rows.map(({ name }) => String(name));
	}
}

export const collections = defineCollections({
	shelves: { schema: z.object({ name: z.string().min(1) }), unique: ["name"], expose: "write" },
	products: {
		schema: z.object({
			title: z.string().min(1),
			stars: z.number().default(0),
			price: z.bigint().default(0n),
			soldAt: z.date().optional(),
			shelfId: z.string().optional(),
			details: z.object({ color: z.string() }).optional(),
		}),
		indexes: ["price"],
		references: { shelfId: { collection: "shelves", onDelete: "cascade" } },
		expose: "write",
	},
	drafts: { schema: z.object({ text: z.string() }), realtime: false },
});

export const keys = defineKeys({
	preferences: z.object({
		theme: z.enum(["light", "dark"]),
		size: z.number().default(12),
	}),
});

/** Its tables and keys are those that the Worker and the client know as well. */
export class ShopDO extends CheapDO {
	static override options: UserDOOptions = { ...CheapDO.options, keys };

	shop = this.tables(collections);
	products = this.shop.products;
	/** When the developer's own part of the alarm has run. */
	rang: number[] = [];

	override async alarm(): Promise<void> {
		await super.alarm();
		this.rang.push(Date.now());
	}
}

export const tenTables = Array.from({ length: 10 }, (_, i) => `table${i}`);

/** Has as many tables as an app of some size. */
export class TenTablesDO extends CheapDO {
	ten = tenTables.map((name) =>
		this.table(name, z.object({ title: z.string(), position: z.int() }), { indexes: ["position"] }),
	);
}

/** As {@link CheapDO}, with a policy. */
export class StrictDO extends CheapDO {
	static override options: UserDOOptions = {
		...CheapDO.options,
		passwordPolicy: { rejectCommon: commonPasswords },
	};
}

export class ScryptDO extends UserDO {
	static override options: UserDOOptions = { passwordHasher: scrypt };
}

/** Was once a {@link ScryptDO}. */
export class BackDO extends UserDO {
	static override options: UserDOOptions = { passwordHasher: chainHashers(pbkdf2, scrypt) };
}

/** Its hashes take their time and are always out of date, so that every sign-in makes a new one. */
export class SlowDO extends UserDO {
	static override options: UserDOOptions = {
		passwordHasher: {
			async hash(password) {
				await scheduler.wait(password.startsWith("slower") ? 300 : 50);
				return `${crypto.randomUUID()}:${password}`;
			},
			async verify(password, stored) {
				await scheduler.wait(50);
				return stored.slice(37) === password;
			},
			needsRehash: () => true,
		},
	};
}

type Hook = (...args: unknown[]) => unknown;

/** What its hooks do is what the test puts in their place; they write down that they ran. */
export class HooksDO extends UserDO {
	notes = this.table("notes", z.object({ text: z.string() }));
	ran: string[] = [];
	hooks: Record<string, Hook> = {};

	// Public, as a developer may make them.
	override async authorizeSignup({ email }: { email: string }): Promise<boolean> {
		return (await this.#run("authorizeSignup", email)) !== false;
	}
	override async onSignup(user: User): Promise<void> {
		await this.#run("onSignup", user);
	}
	override async onLogin(user: User): Promise<void> {
		await this.#run("onLogin", user);
	}
	override async onPasswordChanged(user: User): Promise<void> {
		await this.#run("onPasswordChanged", user);
	}
	override async onDelete(user: User): Promise<void> {
		await this.#run("onDelete", user);
	}

	#run(name: string, argument: unknown): unknown {
		this.ran.push(name);
		return this.hooks[name]?.(argument);
	}

	/** As a method that waits for something outside, and then writes. */
	async addLater(text: string): Promise<void> {
		await scheduler.wait(50);
		this.notes.create({ text });
	}
}

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

	async addMany(texts: readonly string[]) {
		this.transaction(() => {
			for (const text of texts) this.notes.create({ text });
		});
	}

	async addRaw(text: string) {
		this.ctx.storage.sql.exec("UPDATE notes SET text = ?", text);
	}

	/** By Drizzle: each write in a call of its own kind. */
	async addByDrizzle(text: string) {
		const { drizzle } = this.notes;
		this.db.insert(drizzle).values({ text }).run();
		await this.db.update(drizzle).set({ done: true }).where(eq(drizzle.text, text));
		return this.db.select().from(drizzle).all();
	}

	/** A note and an event of a transaction of Drizzle that are taken back, and a note that stays. */
	async addAfterDrizzleRollback(text: string) {
		const { drizzle } = this.notes;
		try {
			this.db.transaction((tx) => {
				tx.insert(drizzle).values({ text: "taken back" }).run();
				this.broadcast("taken", "back");
				this.flush();
				tx.rollback();
			});
		} catch {
			this.db.insert(drizzle).values({ text }).run();
		}
	}

	/** A note and an event that are taken back, and a note that stays. */
	async addAfterRollback(text: string) {
		try {
			this.transaction(() => {
				this.notes.create({ text: "taken back" });
				this.broadcast("taken", "back");
				this.flush();
				throw new Error("taken back");
			});
		} catch {
			this.notes.create({ text });
		}
	}

	async rollBackLater() {
		await this.ctx.storage
			.transaction(async () => {
				this.notes.create({ text: "told too early" });
				await scheduler.wait(1);
				throw new Error("taken back");
			})
			.catch(() => {});
	}

	/** A socket of the developer's own kind. */
	async acceptOther() {
		const { 1: other } = new WebSocketPair();
		this.ctx.acceptWebSocket(other);
	}

	async throwOddly(): Promise<never> {
		throw Object.create(null);
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
