import { UserDOError } from "@userdo/contracts/errors";
import { UserDO } from "@userdo/core";
import { type Draft, type Row, RowSchema } from "./entry.js";

interface Period {
	from?: string | undefined;
	to?: string | undefined;
}

/** One of these per user, with a database of its own: all entries in it are that user's. */
export class TimesheetDO extends UserDO {
	entries = this.table("entries", RowSchema, { indexes: [["startedAt"]] });

	async start(draft: Draft, device?: string) {
		const running = await this.entries.where("stoppedAt", "is-null", true).first();
		if (running) throw new UserDOError("conflict", { message: "A clock is running already." });
		const startedAt = new Date().toISOString();
		return this.entries.create({ ...draft, startedAt, ...(device && { device }) });
	}

	async stop(id: string) {
		const entry = await this.entries.findById(id);
		if (!entry) throw new UserDOError("not_found");
		if (entry.stoppedAt) throw new UserDOError("conflict", { message: "It has stopped already." });
		return this.entries.update(id, { stoppedAt: new Date().toISOString() });
	}

	async remove(id: string) {
		if (!(await this.entries.delete(id))) throw new UserDOError("not_found");
	}

	async readPeriod({ from = "", to = "9999" }: Period = {}) {
		return this.entries
			.where("startedAt", ">=", from)
			.where("startedAt", "<", to)
			.orderBy("startedAt", "desc")
			.get();
	}

	/** Seconds for each project, in the order of the alphabet. What runs counts up to now. */
	async total(period: Period) {
		const seconds = new Map<string, number>();
		for (const entry of await this.readPeriod(period)) {
			seconds.set(entry.project, (seconds.get(entry.project) ?? 0) + duration(entry));
		}
		return [...seconds].sort(([a], [b]) => a.localeCompare(b));
	}
}

function duration({ startedAt, stoppedAt }: Pick<Row, "startedAt" | "stoppedAt">): number {
	const end = stoppedAt === undefined ? Date.now() : Date.parse(stoppedAt);
	return Math.max(0, Math.round((end - Date.parse(startedAt)) / 1000));
}
