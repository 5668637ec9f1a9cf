import { defineEndpoints, type EndpointTypes } from "@userdo/contracts";
import * as z from "zod";
import { DraftSchema, EntrySchema } from "./entry.js";

const tag = "Timesheet";
const params = z.object({ id: z.uuid() });
const PeriodSchema = z.object({
	/** Entries that began at this time or later. */
	from: z.iso.datetime().optional(),
	/** Entries that began before it. */
	to: z.iso.datetime().optional(),
});

/** The app's own endpoints, which it serves below `/v1`. */
export const timesheet = defineEndpoints({
	"GET /entries": {
		tag,
		summary: "The entries of a period, newest first",
		auth: "session",
		query: PeriodSchema,
		responses: { 200: z.object({ entries: z.array(EntrySchema) }) },
	},
	"POST /entries": {
		tag,
		summary: "Start the clock for a project",
		auth: "session",
		body: DraftSchema,
		responses: { 201: z.object({ entry: EntrySchema }) },
		errors: ["conflict"],
	},
	"POST /entries/:id/stop": {
		tag,
		summary: "Stop the clock",
		auth: "session",
		params,
		responses: { 200: z.object({ entry: EntrySchema }) },
		errors: ["not_found", "conflict"],
	},
	"DELETE /entries/:id": {
		tag,
		summary: "Delete an entry",
		auth: "session",
		params,
		responses: { 204: null },
		errors: ["not_found"],
	},
	"GET /totals": {
		tag,
		summary: "The time spent on each project",
		auth: "session",
		query: PeriodSchema,
		responses: {
			200: z.object({ totals: z.array(z.object({ project: z.string(), seconds: z.int() })) }),
		},
	},
	"GET /entries.csv": {
		tag,
		summary: "All entries as a file for a spreadsheet",
		auth: "session",
		responses: { 200: { contentType: "text/csv" } },
	},
	"GET /time": {
		tag,
		summary: "What time it is on the server",
		responses: { 200: z.object({ now: z.iso.datetime() }) },
	},
});

/** Its types, which are all that a client needs. */
export type Timesheet = EndpointTypes<typeof timesheet>;
