import { attempt, listen } from "@userdo/effect";
import { Effect, Stream, SubscriptionRef } from "effect";
import type { UserDOClient } from "userdo/client";
import type { Expense, MonthOfExpenses } from "../expense.js";
import { composer } from "./composer.js";
import { failureText } from "./failure-text.js";
import { monthOf, monthsAway, today } from "./format.js";
import { byId, presses, showView } from "./page.js";
import { showMonth } from "./show-month.js";

/** What goes on while somebody is signed in. */
export function book(client: UserDOClient): Stream.Stream<void> {
	const expenses = client.collection("expenses");
	const notice = byId("notice", HTMLElement);
	const say = (text: string) =>
		Effect.sync(() => {
			notice.textContent = text;
		});

	const remove = (expense: Expense) =>
		attempt(() => expenses.delete(expense.id)).pipe(
			Effect.andThen(say("")),
			Effect.catch((failure) => say(failureText(failure))),
		);

	const load = Effect.fn(function* (month: string) {
		const page = yield* attempt((signal) =>
			client.collection("months").get<MonthOfExpenses>(month, { signal }),
		);
		yield* say("");
		showMonth(page, (expense) => Effect.runFork(remove(expense)));
	});

	return Stream.unwrap(
		Effect.gen(function* () {
			showView("book");
			const month = yield* SubscriptionRef.make(monthOf(today()));
			const move = (id: string, step: number) =>
				presses(id).pipe(
					Stream.mapEffect(() => SubscriptionRef.update(month, (shown) => monthsAway(shown, step))),
				);
			const changes = Stream.merge(
				listen((heard) => expenses.onChange(heard)),
				listen<void>((heard) => client.onResync(() => heard())),
			).pipe(Stream.mapEffect(() => SubscriptionRef.get(month)));
			// A newer month or change interrupts the request that is under way.
			const shown = Stream.merge(SubscriptionRef.changes(month), changes).pipe(
				Stream.switchMap((month) =>
					Stream.fromEffect(load(month).pipe(Effect.catch((failure) => say(failureText(failure))))),
				),
			);
			const status = listen<string>((heard) => client.onStatus(heard)).pipe(
				Stream.map(() => showStatus(client)),
			);
			const leave = presses("sign-out").pipe(
				Stream.mapEffect(() =>
					attempt(() => client.logout()).pipe(
						Effect.catch((failure) => say(`You are still signed in. ${failureText(failure)}`)),
					),
				),
			);
			showStatus(client);
			return Stream.mergeAll(
				[
					shown,
					status,
					leave,
					move("previous", -1),
					move("next", 1),
					composer((expense) =>
						attempt(() => expenses.upsert(expense, { on: "id" })).pipe(
							Effect.andThen(SubscriptionRef.set(month, monthOf(expense.spentOn))),
						),
					),
				],
				{ concurrency: "unbounded" },
			);
		}),
	).pipe(Stream.ensuring(Effect.sync(() => showMonth(undefined, () => {}))));
}

function showStatus(client: UserDOClient): void {
	const element = byId("status", HTMLElement);
	element.dataset.state = client.status;
	element.textContent = client.status === "open" ? "Live" : "Connecting…";
}
