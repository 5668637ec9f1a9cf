import type { CallFailure } from "@userdo/effect";
import { Effect, type Stream } from "effect";
import { categories, type Expense } from "../expense.js";
import { fieldValue, onSubmit } from "./form.js";
import { parseCents, today } from "./format.js";
import { byId, create } from "./page.js";

/** The form for a new expense. */
export function composer(
	save: (expense: Expense) => Effect.Effect<unknown, CallFailure>,
): Stream.Stream<void> {
	const form = byId("composer", HTMLFormElement);
	const select = byId("category", HTMLSelectElement);
	const day = byId("spentOn", HTMLInputElement);
	select.replaceChildren(...categories.map((value) => create("option", { value }, value)));
	form.reset();
	day.value = today();
	// Sent again after a failure it is the same expense, which the server has once.
	let id = crypto.randomUUID();

	return onSubmit(
		form,
		Effect.gen(function* () {
			yield* save({
				id,
				what: fieldValue(form, "what"),
				cents: parseCents(fieldValue(form, "cents")),
				category: categories.find((name) => name === select.value) ?? "Other",
				spentOn: day.value,
			});
			id = crypto.randomUUID();
			for (const name of ["what", "cents"]) byId(name, HTMLInputElement).value = "";
			byId("what", HTMLInputElement).focus();
		}),
	);
}
