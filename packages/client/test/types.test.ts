import { expectTypeOf, test } from "vitest";
import { type TableChange, type Unsubscribe, type User, UserDOClient } from "../src/index.js";
import { FakeServer } from "./support/fake-server.js";

test("the types say what comes back", async () => {
	const client = new FakeServer().client();
	expectTypeOf(client.login).returns.resolves.toHaveProperty("user").toEqualTypeOf<User>();
	expectTypeOf(client.me).returns.resolves.toEqualTypeOf<User | undefined>();
	const calls = () => [client.get("k"), client.get<number>("k")] as const;
	expectTypeOf(calls).returns.toEqualTypeOf<
		readonly [Promise<unknown>, Promise<number | undefined>]
	>();
	expectTypeOf(() => client.onChange("k", () => {})).returns.toEqualTypeOf<Unsubscribe>();
	client.close();
});

test("a collection takes any object and gives back any", () => {
	interface Post {
		title: string;
	}
	const posts = new FakeServer().client().collection("posts");
	expectTypeOf(posts.create).parameter(0).toEqualTypeOf<object>();
	const calls = () => [posts.create({ title: "Hello" }), posts.list<{ items: Post[] }>()] as const;
	expectTypeOf(calls).returns.toEqualTypeOf<
		readonly [Promise<Record<string, unknown>>, Promise<{ items: Post[] }>]
	>();
	expectTypeOf(posts.onChange<Post>)
		.parameter(0)
		.toEqualTypeOf<(change: TableChange<Post>) => void>();
});

test("what the platform brings fits without a cast", () => {
	const { fetch, WebSocket } = globalThis;
	expectTypeOf(
		new UserDOClient("https://app.test/api", { fetch, WebSocket }),
	).toEqualTypeOf<UserDOClient>();
});
