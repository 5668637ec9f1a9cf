import { UserDO, type UserDOOptions } from "@userdo/core";
import { createUserDOWorker } from "@userdo/worker";
import { collections } from "./collections.js";
import type { LedgerEntry } from "./support/ledger.js";

export class ChaosDO extends UserDO {
	static override options: UserDOOptions = {
		passwordHasher: {
			hash: async (password) => `plain:${password}`,
			verify: async (password, stored) => stored === `plain:${password}`,
			needsRehash: () => false,
		},
	};

	readonly notes = this.tables(collections).notes;

	/** The log after that change, without the noise. */
	async readLog(after: number): Promise<LedgerEntry[]> {
		const text = `SELECT seq, event, op, key, mutation, json_extract(body, '$[0].label') AS label,
			json_extract(body, '$[0]._updated_at') AS updatedAt
			FROM _userdo_changes WHERE seq > ? AND event <> 'table:noise' ORDER BY seq`;
		return this.ctx.storage.sql.exec(text, after).toArray() as unknown as LedgerEntry[];
	}

	/** Closes all sockets without a word. */
	async kick(): Promise<void> {
		for (const socket of this.ctx.getWebSockets()) socket.close(1012, "kicked");
	}

	/** More changes at once than the log keeps; gives what it held before. */
	async overflow(after: number): Promise<LedgerEntry[]> {
		const before = await this.readLog(after);
		this.transaction(() => {
			this.ctx.storage.sql.exec("DELETE FROM noise");
			this.ctx.storage.sql.exec(
				`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100)
					INSERT INTO noise (id, n, _created_at, _updated_at) SELECT 'n' || i, i, 0, 0 FROM n`,
			);
		});
		this.flush();
		return before;
	}

	/** A write that no client made. */
	async touch(rank: number): Promise<void> {
		const [first] = this.notes.orderBy("rank").limit(1).get();
		if (first !== undefined) this.notes.update(first.id, { rank });
	}
}

export default createUserDOWorker("USERDO", { collections, rateLimits: false });
