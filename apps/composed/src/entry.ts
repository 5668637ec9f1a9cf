import * as z from "zod";

const ProjectSchema = z
	.string()
	.trim()
	.min(1, "Name the project.")
	.max(60, "A project's name has at most 60 characters.");
const NoteSchema = z.string().trim().max(500, "A note has at most 500 characters.");

/** What a person writes: the rest of an entry is the server's. */
export const DraftSchema = z.object({ project: ProjectSchema, note: NoteSchema.default("") });

/** A row of the table of entries. Times are ISO 8601. */
export const RowSchema = z.object({
	project: z.string(),
	note: z.string(),
	startedAt: z.iso.datetime(),
	/** Absent while it runs. */
	stoppedAt: z.iso.datetime().optional(),
	/** What the answers have no business with: their schema does not name it. */
	device: z.string().optional(),
});

/** An entry as the API answers it. */
export const EntrySchema = RowSchema.omit({ device: true }).extend({ id: z.string() });

export type Draft = z.output<typeof DraftSchema>;
export type Row = z.output<typeof RowSchema>;
