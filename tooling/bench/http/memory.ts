import { residentBytes } from "../harness/process.ts";
import { Audience } from "./audience.ts";
import { Client } from "./client.ts";
import { type OwnName, startOwnServer } from "./own-server.ts";
import { addPerson } from "./person.ts";
import { socketOf } from "./sockets.ts";

export interface MemoryOptions {
	sockets: number;
	rows: number;
}

export interface Memory extends MemoryOptions {
	name: string;
	/** Bytes of workerd with an object that has them, in memory. */
	bytes: number;
	/** Of workerd with the same object before. */
	before: number;
	/** Of the floor's bytes. */
	ratio: number;
}

/** How large workerd grows by an object with many rows and sockets. */
export async function measureMemory(options: MemoryOptions): Promise<Memory[]> {
	const floor = await measure("floor", options);
	const ours = await measure("ours", options);
	return [floor, ours].map((memory) => ({ ...memory, ratio: memory.bytes / floor.bytes }));
}

async function measure(name: OwnName, { sockets, rows }: MemoryOptions) {
	await using server = await startOwnServer(name);
	const client = new Client(server.url, 1);
	await addPerson(client, 100);
	const before = residentBytes(server.pid);
	const person = await addPerson(client, rows);
	const audience = await Audience.open(sockets, () => socketOf(server.url, person));
	const { headers } = person;
	const body = { key: "last", value: { mark: 1 } };
	// Each has been told something.
	await audience.hear(`"mark":1}`, () =>
		client.succeed({ method: "POST", path: "/data", headers, body }),
	);
	const bytes = residentBytes(server.pid);
	await audience.close();
	await client.close();
	return { name, sockets, rows, before, bytes };
}
