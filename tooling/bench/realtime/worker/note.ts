import * as z from "zod";

export const NoteSchema = z.object({ text: z.string().max(1000), position: z.int() });

export type NoteInput = z.input<typeof NoteSchema>;

/** Some 300 bytes as an event. */
export function makeNote(i: number): NoteInput {
	return { text: `Note ${i}: ${"what is written in it. ".repeat(5)}`, position: i };
}
