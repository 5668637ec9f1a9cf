import { UserDOClient } from "@userdo/client";
import { live } from "@userdo/client/live";
import type { collections } from "../collections.js";

const client = new UserDOClient<typeof collections>("/api");

const tasks = live(client.collection("tasks"), { defaults: { stars: 0, tags: [] } });

const stop = tasks
	.where("stars", "<", 3)
	.orderBy("createdAt", "desc")
	.limit(20)
	.subscribe(({ data, pending, fromCache }) => {
		render(
			data.map((task) => ({ ...task, isSaving: pending.includes(task.id) })),
			fromCache,
		);
	});
const stopCounting = tasks
	.where("due", "<", new Date())
	.count()
	.subscribe(({ data }) => show(data));

const { id } = await tasks.create({ title: "Hello" });
await tasks.update(id, { stars: 1 });
await tasks.delete(id);

stop();
stopCounting();

declare function render(rows: readonly object[], isOld: boolean): void;
declare function show(count: number | undefined): void;
