import { attempt } from "@userdo/effect";
import { Effect } from "effect";
import { client, email, password } from "./client.js";

const signIn = attempt((signal) => client.login(email, password, { signal })).pipe(
	Effect.catchTags({
		invalid_credentials: () => Effect.succeed("Email or password is wrong."),
		rate_limited: (failure) => Effect.succeed(`Wait ${failure.retryAfter} seconds.`),
	}),
);

console.log(await Effect.runPromise(signIn));
