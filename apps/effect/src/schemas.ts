import { Schema } from "effect";
import * as z from "zod";
import { categories } from "./expense.js";

/** A row of the table. What a person may send is {@link Draft}. */
export const ExpenseSchema = z.object({
	id: z.string(),
	what: z.string(),
	cents: z.int(),
	category: z.enum(categories),
	spentOn: z.string(),
});

function isDay(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const time = Date.parse(`${text}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** `2026-11` */
export const Month = Schema.String.check(
	Schema.isPattern(/^\d{4}-(0[1-9]|1[0-2])$/, { message: "A month is written like 2026-11." }),
);

/** An expense as the page sends it, with an id that the page has made. */
export const Draft = Schema.Struct({
	id: Schema.String.check(
		Schema.isPattern(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, { message: "The id is a UUID." }),
	),
	what: Schema.Trim.check(
		Schema.isMinLength(1, { message: "Say what it was." }),
		Schema.isMaxLength(80, { message: "At most 80 characters." }),
	),
	cents: Schema.Number.check(
		Schema.isInt({ message: "An amount has two decimals at most." }),
		Schema.isBetween(
			{ minimum: 1, maximum: 100_000_000 },
			{ message: "An amount is between 0.01 and 1,000,000." },
		),
	),
	category: Schema.Literals(categories),
	spentOn: Schema.String.check(Schema.makeFilter(isDay, { message: "Choose a day." })),
});
