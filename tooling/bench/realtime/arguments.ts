import { parseArgs } from "node:util";
import { toCount } from "../harness/to-count.ts";
import { quick, type RealtimeOptions } from "./run.ts";

/** What is measured where nothing else is asked for. */
export const usual: RealtimeOptions = {
	sockets: [1, 100, 1000],
	fanOut: { rounds: 61, milliseconds: 20, warmUp: 12 },
	clients: 1000,
	storm: { rounds: 21, warmUp: 3 },
};

/** @throws Error for what is no option, and for a number that is none */
export function readArguments(args: string[]): RealtimeOptions & { check: boolean } {
	const { values } = parseArgs({
		args,
		options: {
			quick: { type: "boolean", default: false },
			/** Ends with 1 when a goal is missed, or could not be judged. */
			check: { type: "boolean", default: false },
			/** Of the fan-outs; may be given several times. */
			sockets: { type: "string", multiple: true },
			/** Of the storm. */
			clients: { type: "string" },
			rounds: { type: "string" },
			storms: { type: "string" },
		},
	});
	const base = values.quick ? quick : usual;
	return {
		...base,
		...(values.sockets && { sockets: values.sockets.map(toCount) }),
		...(values.clients && { clients: toCount(values.clients) }),
		...(values.rounds && { fanOut: { ...base.fanOut, rounds: toCount(values.rounds) } }),
		...(values.storms && { storm: { ...base.storm, rounds: toCount(values.storms) } }),
		check: values.check,
	};
}
