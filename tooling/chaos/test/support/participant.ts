import { UserDOClient } from "@userdo/client";
import { live } from "@userdo/client/live";
import { withTokens } from "@userdo/client/tokens";
import { isUserDOError } from "@userdo/contracts/errors";
import type { collections } from "../collections.js";
import { nameOf } from "./ledger.js";
import { Network } from "./network.js";
import type { Random } from "./random.js";

export const keyNames = ["theme", "draft/1", "draft/2"];

/** A run of changes that were heard without a break; a new one begins where the client was told so. */
export interface Stretch {
	/** The `seq` after which it begins. */
	after: number;
	/** The changes, as {@link nameOf} has them. */
	heard: string[];
}

type Client = UserDOClient<typeof collections>;
const openNotes = (client: Client) => live(client.collection("notes"));
type LiveNotes = ReturnType<typeof openNotes>;
type Notes = ReturnType<typeof askNotes>;
const askNotes = (client: Client) => client.collection("notes");
type Note = Awaited<ReturnType<LiveNotes["create"]>>;

/** What the participants look at: the same list, once live and once asked of the server. */
const views = {
	all: {
		open: (notes: LiveNotes) => notes.orderBy("rank").limit(1000),
		ask: (notes: Notes) => notes.orderBy("rank").limit(1000),
	},
	todo: {
		open: (notes: LiveNotes) =>
			notes.where("done", "==", false).orderBy("label", "desc").limit(1000),
		ask: (notes: Notes) => notes.where("done", "==", false).orderBy("label", "desc").limit(1000),
	},
	top: {
		open: (notes: LiveNotes) => notes.where("rank", ">", 20).orderBy("rank", "desc").limit(5),
		ask: (notes: Notes) => notes.where("rank", ">", 20).orderBy("rank", "desc").limit(5),
	},
};

export type ViewName = keyof typeof views;
export const viewNames = Object.keys(views) as ViewName[];

/** One client of the user: it looks at lists and keys, writes, and notes all that it hears. */
export class Participant {
	readonly network: Network;
	readonly client: UserDOClient<typeof collections>;
	readonly stretches: Stretch[] = [];
	readonly shown = new Map<ViewName, readonly Note[]>();
	/** The newest value of each key that it was told. */
	readonly values = new Map<string, unknown>();
	/** Rows whose creation was acknowledged. */
	readonly created: Note[] = [];
	/** Writes of which nobody knows whether they happened. */
	unknown = 0;
	readonly failures: unknown[] = [];
	/** Lists with a row twice, or one that is lost. */
	readonly flickers: string[] = [];
	readonly #name: string;
	readonly #notes: LiveNotes;
	readonly #stops: (() => void)[] = [];
	#writes = 0;

	constructor(name: string, random: Random) {
		this.#name = name;
		this.network = new Network(random);
		let tokens: string | null = null;
		const storage = {
			get: () => tokens,
			set: (text: string | null) => {
				tokens = text;
			},
		};
		const { fetch, WebSocket } = this.network;
		this.client = new UserDOClient<typeof collections>(
			"https://chaos.test/api",
			withTokens(storage, { fetch, WebSocket }),
		);
		this.#notes = openNotes(this.client);
	}

	async signIn(email: string, endpoint: "signup" | "login"): Promise<void> {
		await this.client[endpoint](email, "a long password");
		this.#listen();
	}

	/** What the server says of the view. */
	async ask(view: ViewName): Promise<readonly Note[]> {
		return views[view].ask(askNotes(this.client)).get();
	}

	create(rank: number): Promise<void> {
		const label = `${this.#name}-${this.#writes++}`;
		return this.#write(async () => {
			this.created.push(await this.#notes.create({ label, rank }));
		});
	}

	update(id: string, patch: { rank?: number; done?: boolean }): Promise<void> {
		return this.#write(() => this.#notes.update(id, patch));
	}

	delete(id: string): Promise<void> {
		return this.#write(() => this.#notes.delete(id));
	}

	set(key: string, value: unknown): Promise<void> {
		return this.#write(() => this.client.set(key, value));
	}

	/** Two rows and a key, all or nothing. */
	batch(rank: number): Promise<void> {
		const labels = [0, 1].map(() => `${this.#name}-${this.#writes++}`);
		return this.#write(async () => {
			const [first = "", second = ""] = labels;
			await this.client.batch([
				{ op: "create", collection: "notes", data: { label: first, rank } },
				{ op: "create", collection: "notes", data: { label: second, rank } },
				{ op: "set-key", key: "theme", value: first },
			]);
		});
	}

	stop(): void {
		for (const stop of this.#stops) stop();
		this.client.close();
	}

	async #write(run: () => Promise<unknown>): Promise<void> {
		try {
			await run();
		} catch (error) {
			// Another one deleted the row first.
			if (isUserDOError(error, "not_found")) return;
			if (isUserDOError(error, "network_error") || isUserDOError(error, "timeout")) this.unknown++;
			else this.failures.push(error);
		}
	}

	#listen(): void {
		const { client } = this;
		const begin = () => {
			const hello = this.network.frames.findLast((frame) => frame?.type === "hello");
			this.stretches.push({ after: hello?.type === "hello" ? hello.seq : 0, heard: [] });
		};
		this.#stops.push(
			client.onStatus((status) => {
				if (status === "open" && this.stretches.length === 0) begin();
			}),
			client.onResync(begin),
			askNotes(client).onChange(({ type, data }) => {
				const name = nameOf(type, data.id, Date.parse(data.updatedAt));
				this.stretches.at(-1)?.heard.push(name);
			}),
		);
		for (const key of keyNames) {
			this.#stops.push(client.onChange(key, (value) => this.values.set(key, value)));
		}
		for (const name of viewNames) {
			const view = views[name].open(this.#notes);
			this.#stops.push(
				view.subscribe(({ data }) => {
					this.shown.set(name, data);
					const labels = data.map(({ label }) => label);
					if (new Set(labels).size < labels.length) this.flickers.push(`${name}: ${labels}`);
				}),
			);
		}
	}
}
