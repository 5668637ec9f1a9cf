import { client, type Preferences, type Status, type Task, tasks } from "./client.js";
import { createConnectionStore } from "./stores/connection-store.js";
import { createKeyStore } from "./stores/key-store.js";
import { createLiveStore } from "./stores/live-store.js";
import { createSessionStore } from "./stores/session-store.js";

// Each listens only while a component looks.

export const session = createSessionStore(client);
export const connection = createConnectionStore(client, window);
export const preferences = createKeyStore<"preferences", Preferences>(client, "preferences", {
	theme: "system",
	showDone: true,
});

const none: readonly Task[] = [];
const withStatus = (status: Status) => tasks.where("status", "==", status);

export const lists = {
	todo: createLiveStore(withStatus("todo").orderBy("createdAt"), none),
	doing: createLiveStore(withStatus("doing").orderBy("createdAt"), none),
	done: createLiveStore(withStatus("done").orderBy("updatedAt", "desc"), none),
};

export const openTasks = createLiveStore<number | undefined>(
	tasks.where("status", "!=", "done").count(),
	undefined,
);
