/** How much of the floor's throughput there has to be, and how much of its latency there may be. */
export interface Goal {
	throughput: number;
	latency: number;
	/** Calls to objects, at most. */
	hops?: number;
}

export interface Case {
	name: string;
	/** What one call is. */
	title: string;
	goal?: Goal;
	/** Calls at a time; as many as the options say where it is absent. */
	concurrency?: number;
}

const signedIn: Goal = { throughput: 0.8, latency: 1.25 };
const ofTables: Goal = { throughput: 1 / 1.33, latency: 1.33 };
const ofSockets: Goal = { throughput: 1 / 1.3, latency: 1.3 };

/** Sockets of the audience that is told something. */
export const audience = 100;
/** Changes that a socket has missed. */
export const missed = 1000;

export const cases: readonly Case[] = [
	{ name: "me", title: "GET /api/me", goal: signedIn },
	{ name: "get", title: "GET /data?key=", goal: signedIn },
	{ name: "set", title: "POST /data", goal: signedIn },
	{ name: "create", title: "POST /api/posts", goal: ofTables },
	{ name: "list", title: "GET /api/posts, 20 of all", goal: ofTables },
	{
		name: "method",
		title: "a method by getUserDOFromContext",
		goal: { ...signedIn, hops: 1 },
	},
	{ name: "login, no hash", title: "POST /api/login, a password that costs nothing" },
	{ name: "login", title: "POST /api/login" },
	{ name: "cold", title: "an object wakes, has ten tables, and lists 20 rows" },
	{ name: "connect", title: "a socket opens, is greeted and closes" },
	{ name: "replay", title: "a socket comes back to 1,000 changes", concurrency: 1 },
	{
		name: "broadcast",
		title: "a message to 100 sockets, kept nowhere",
		goal: ofSockets,
		concurrency: 1,
	},
	{
		name: "state",
		title: "a value is stored and told to 100 sockets",
		goal: ofSockets,
		concurrency: 1,
	},
];
