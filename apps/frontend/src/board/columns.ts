import type { Status } from "../client.js";

export const columns: readonly { status: Status; name: string; empty: string }[] = [
	{ status: "todo", name: "To do", empty: "Nothing is waiting." },
	{ status: "doing", name: "Doing", empty: "Nothing is under way." },
	{ status: "done", name: "Done", empty: "Nothing is done yet." },
];
