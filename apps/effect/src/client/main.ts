import { attempt, listen } from "@userdo/effect";
import { Effect, Schedule, Stream } from "effect";
import { type User, UserDOClient } from "userdo/client";
import { book } from "./book.js";
import { byId } from "./page.js";
import { welcome } from "./welcome.js";

const client = new UserDOClient("/api");

const untilAnswered = Schedule.min([
	Schedule.exponential("500 millis"),
	Schedule.spaced("10 seconds"),
]);

/** Asks who is signed in until the server says it. */
const whoIsThere = attempt(() => client.me()).pipe(
	Effect.tapError(() =>
		Effect.sync(() => {
			byId("starting-text", HTMLElement).textContent = "The server can't be reached. Trying again…";
		}),
	),
	Effect.retry({ schedule: Schedule.jittered(untilAnswered) }),
);

const users = Stream.merge(
	listen<User | undefined>((heard) => client.onAuthStateChanged(heard)),
	Stream.fromEffect(whoIsThere),
).pipe(Stream.changesWith((before, now) => before?.id === now?.id));

// With each sign-in and sign-out, what went on for the one before ends.
const program = users.pipe(
	Stream.switchMap((user) => (user ? book(client) : welcome(client))),
	Stream.runDrain,
);

Effect.runFork(program);
