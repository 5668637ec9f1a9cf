import { parseArgs } from "node:util";
import { describeMachine, saveReport, writeDocument } from "../harness/save.ts";
import { toTable } from "../harness/table.ts";
import { toPage, toTables } from "./print.ts";
import { type GrowthOptions, quick, runGrowth } from "./run.ts";

const usual: GrowthOptions = {
	concurrency: 16,
	rows: [1000, 10_000, 100_000, 1_000_000],
	sockets: [1, 10, 100, 1000],
	users: [1, 100, 1000, 10_000],
	rounds: 5,
	milliseconds: 500,
	warmUp: 2,
};

/** What `pnpm bench --growth` does. */
export async function main(args: string[]): Promise<void> {
	const { values } = parseArgs({
		args,
		options: {
			growth: { type: "boolean" },
			quick: { type: "boolean", default: false },
			/** Writes the report into the docs. */
			write: { type: "boolean", default: false },
		},
	});
	const options = values.quick ? quick : usual;
	const onResult = ({ name }: { name: string }) => console.error(name);
	const report = await runGrowth({ ...options, onResult });
	const tables = toTables(report).map(({ title, lines }) => `${title}\n${toTable(lines)}`);
	console.log(`\n${tables.join("\n\n")}\n\n${await saveReport("growth", { options, ...report })}`);
	if (!values.write) return;
	const { processors, model, platform, workerd } = describeMachine();
	const machine = `${processors} processors (${model}, ${platform}) with workerd ${workerd}`;
	console.log(await writeDocument("growth.md", toPage(report, machine)));
}
