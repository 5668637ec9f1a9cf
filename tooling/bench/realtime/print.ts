import { toTable } from "../harness/table.ts";
import { goal, type RealtimeResult } from "./run.ts";

const time = (microseconds: number) => microseconds.toFixed(microseconds < 100 ? 1 : 0);
const ratio = (value: number) => `${value.toFixed(2)}x`;
const names = { "fan-out": "one change to all", reconnect: "one of all comes back" };

/** The results as text for a terminal. */
export function print(results: readonly RealtimeResult[]): string {
	return toTable([
		["case", "sockets", "by hand µs", "ours µs", "of medians", "of rounds", "goal", ""],
		...results.map(({ name, sockets, byHand, ours, isMet, refused }) => [
			names[name],
			sockets.toLocaleString("en"),
			time(byHand.microseconds),
			time(ours.microseconds),
			ratio(ours.ratio),
			ratio(ours.roundRatio),
			ratio(goal),
			`${isMet === undefined ? "not judged" : isMet ? "ok" : "over"}${refused ? `, ${refused} refused at first` : ""}`,
		]),
	]);
}
