import * as z from "zod";

export const NoteSchema = z.object({ text: z.string().max(1000), position: z.int() });

/** Some 300 bytes as an event. */
export function makeNote(i: number): z.input<typeof NoteSchema> {
	return { text: `Note ${i}: ${"what is written in it. ".repeat(5)}`, position: i };
}
