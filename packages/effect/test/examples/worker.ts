import { type Remote, UserDO } from "@userdo/core";
import { fail, makeUserObject, type UserObject } from "@userdo/effect";
import { createUserDOWorker, getUserDOFromContext } from "@userdo/worker";
import { Context, Effect } from "effect";
import * as z from "zod";

export class MyAppDO extends UserDO {
	books = this.table("books", z.object({ title: z.string() }));
}

/** The signed-in user's own object. */
class Shelf extends Context.Service<Shelf, UserObject<Remote<MyAppDO>>>()("app/Shelf") {}

const addBook = Effect.fn("addBook")(function* (title: string) {
	const shelf = yield* Shelf;
	const same = yield* shelf.call((userDO) => userDO.books.where("title", "==", title).count(), {
		idempotent: true,
	});
	if (same > 0) return yield* fail("conflict", { message: "This book is there already." });
	return yield* shelf.call((userDO) => userDO.books.create({ title }));
});

const app = createUserDOWorker("MY_APP_DO");

app.post("/api/books/:title", (c) => {
	const { email = "" } = c.get("user") ?? {};
	const shelf = makeUserObject(() => getUserDOFromContext<MyAppDO>(c, email));
	return addBook(c.req.param("title")).pipe(
		Effect.map((book) => c.json({ book })),
		Effect.provideService(Shelf, shelf),
		Effect.runPromise,
	);
});

export default app;
