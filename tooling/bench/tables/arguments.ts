import { parseArgs } from "node:util";
import { toCount } from "../harness/to-count.ts";
import { quick, type TablesOptions } from "./run.ts";

/** @throws Error for what is no option, and for a number that is none */
export function readArguments(args: string[]): TablesOptions & { check: boolean } {
	const { values } = parseArgs({
		args,
		options: {
			quick: { type: "boolean", default: false },
			/** Ends with 1 when a goal is missed, or could not be judged. */
			check: { type: "boolean", default: false },
			/** May be given several times, and as a list. */
			rows: { type: "string", multiple: true },
			rounds: { type: "string" },
			/** May be given several times; all cases where it is not. */
			case: { type: "string", multiple: true },
		},
	});
	const usual = values.quick
		? quick
		: { sizes: [1000, 10_000, 100_000], rounds: 21, milliseconds: 8, warmUp: 12 };
	return {
		...usual,
		...(values.rows && { sizes: values.rows.flatMap((list) => list.split(",").map(toCount)) }),
		...(values.rounds && { rounds: toCount(values.rounds) }),
		...(values.case && { cases: values.case }),
		check: values.check,
	};
}
