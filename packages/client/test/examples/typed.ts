import { UserDOClient } from "@userdo/client";
import type { collections, keys } from "../collections.js";

const client = new UserDOClient<typeof collections, typeof keys>("/api");

const tasks = client.collection("tasks");
await tasks.create({ title: "Write", due: new Date("2026-12-24") });
const urgent = await tasks
	.where("due", "<", new Date("2027-01-01"))
	.or([["stars", ">", 3], { not: ["author.name", "==", "Ann"] }])
	.orderBy("due")
	.limit(20)
	.get();
const { items, pageInfo } = await tasks.orderBy("createdAt", "desc").page({ limit: 50 });
const older = await tasks.orderBy("createdAt", "desc").page({ after: pageInfo.endCursor });

const { value, version } = await client.entry("preferences");
await client.set("preferences", { theme: value?.theme ?? "light" }, { ifVersion: version });

const [task, newest] = await client.batch([
	{ op: "create", collection: "tasks", data: { title: "Sleep" } },
	{ op: "set-key", key: "newest", value: "Sleep", ttl: 3_600 },
]);

use(items, newest, older, task, urgent);

declare function use(...things: unknown[]): void;
