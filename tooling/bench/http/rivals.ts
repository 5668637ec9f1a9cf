import { readFileSync } from "node:fs";
import type { Rival } from "./contestant.ts";
import { startOwnApp } from "./own-app.ts";
import { startBetterAuth } from "./peers/better-auth.ts";
import { startHonoD1 } from "./peers/hono-d1.ts";
import { startRooms } from "./peers/rooms.ts";

/** Not by `require`: most packages export no package.json. */
function version(name: string): string {
	const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
	return JSON.parse(readFileSync(file, "utf8")).version;
}

/** Who takes part: the floor, next to which all are seen, ours, and its peers. */
export const rivals: readonly Rival[] = [
	{
		name: "floor",
		title: "a Durable Object by hand: one check of the token, one call, raw SQL, nothing validated",
		start: ({ rows }) => startOwnApp("floor", rows),
	},
	{
		name: "ours",
		title: "UserDO: the same, validated, with all limits on",
		start: ({ rows }) => startOwnApp("ours", rows),
	},
	{
		name: "better-auth",
		title: `better-auth ${version("better-auth")} on D1`,
		isPeer: true,
		start: startBetterAuth,
	},
	{
		name: "hono-d1",
		title: `Hono ${version("hono")} on D1: a signed token, nothing validated, no events, no revocation`,
		isPeer: true,
		start: ({ rows }) => startHonoD1(rows),
	},
	{
		name: "partyserver",
		title: `partyserver ${version("partyserver")}, without sign-in`,
		isPeer: true,
		start: () =>
			startRooms({
				name: "partyserver",
				objects: { PARTY: "Party" },
				paths: { broadcast: "/broadcast" },
			}),
	},
	{
		name: "agents",
		title: `Cloudflare's agents ${version("agents")}, without sign-in`,
		isPeer: true,
		start: () =>
			startRooms({
				name: "agents",
				objects: { ROOM: "Room" },
				// Of `cloudflare:email`, which it imports, workerd by itself has no code.
				needsMiniflare: true,
				paths: { broadcast: "/broadcast", state: "/state" },
			}),
	},
];
