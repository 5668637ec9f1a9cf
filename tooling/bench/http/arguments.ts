import { parseArgs } from "node:util";
import { toCount } from "../harness/to-count.ts";
import { usual as usualRealtime } from "../realtime/arguments.ts";
import { cases } from "./cases.ts";
import { type BenchOptions, quick } from "./report.ts";

export interface Arguments {
	bench: BenchOptions;
	/** Ends with 1 when a goal is missed, or could not be judged. */
	check: boolean;
	/** Writes the report into the docs. */
	write: boolean;
}

const usual = {
	http: { rows: 10_000, rounds: 11, milliseconds: 1000, warmUp: 2, concurrency: 16, peers: true },
	realtime: usualRealtime,
	memory: { sockets: 1000, rows: 100_000 },
	starts: 11,
} as const satisfies BenchOptions;

/** @throws Error for what is no option, no case, and for a number that is none */
export function readArguments(args: string[]): Arguments {
	const { values } = parseArgs({
		args,
		options: {
			quick: { type: "boolean", default: false },
			check: { type: "boolean", default: false },
			write: { type: "boolean", default: false },
			/** May be given several times; all cases, and what is no case, where it is not. */
			case: { type: "string", multiple: true },
			rounds: { type: "string" },
			/** Of a turn. */
			milliseconds: { type: "string" },
			concurrency: { type: "string" },
			rows: { type: "string" },
			/** `--no-peers` leaves them out. */
			peers: { type: "boolean", default: true },
		},
		allowNegative: true,
	});
	const { case: names, check, write } = values;
	for (const name of names ?? []) {
		if (!cases.some((one) => one.name === name)) throw new Error(`There is no case ${name}.`);
	}
	const { http, ...others } = values.quick ? quick : usual;
	const count = (name: "rounds" | "milliseconds" | "concurrency" | "rows") =>
		values[name] === undefined ? {} : { [name]: toCount(values[name]) };
	return {
		bench: {
			http: {
				...http,
				...count("rounds"),
				...count("milliseconds"),
				...count("concurrency"),
				...count("rows"),
				peers: values.peers,
				...(names && { cases: names }),
			},
			...(names === undefined && others),
		},
		check,
		write,
	};
}
