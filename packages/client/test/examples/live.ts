import { UserDOClient } from "@userdo/client";

declare function show(rows: object[]): void;

const client = new UserDOClient("/api");

const posts = client.collection("posts");
const load = async () => show(await posts.orderBy("createdAt", "desc").limit(20).get());
posts.onChange(load);
client.onStatus((status) => status === "open" && load());
