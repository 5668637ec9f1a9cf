import { expect, test } from "vitest";
import { Batches, Expected } from "./support/expected.js";
import { Heard } from "./support/heard.js";
import { SeqWatch } from "./support/seq-watch.js";

const change = (seq: number, name = `change ${seq}`) => ({ seq, isNote: true, name });

test("a lost, a refused and a wrong value are noticed, and none that may be", () => {
	const rows = new Expected();
	rows.wrote("kept", 1, "done");
	rows.wrote("kept", 2, "unknown");
	rows.wrote("lost", 1, "done");
	rows.wrote("deleted", undefined, "done");
	rows.wrote("refused", 1, "refused");
	const actual = new Map(Object.entries({ kept: 2, deleted: 3, refused: 1 }));
	expect(rows.settle(actual)).toEqual([
		"refused is there, which nobody has written",
		"lost is absent, and must be 1",
		"deleted is 3, and must be absent",
	]);
	// What was seen once is no question any more.
	expect(rows.settle(new Map([["kept", 1]]))).toContain("kept is 1, and must be 2");
});

test("half a batch is noticed", () => {
	const batches = new Batches();
	batches.wrote({ names: ["a", "b"], mark: 1 }, "unknown");
	expect(batches.settle(new Map([["a", 1]]), 1)).toEqual(["of the batch a, b only 1 are there"]);
	batches.wrote({ names: ["c", "d"], mark: 2 }, "unknown");
	const rows = new Map(Object.entries({ c: 2, d: 2 }));
	expect(batches.settle(rows, 1)).toEqual(["the mark of batches is 1, and must be 2"]);
	batches.wrote({ names: ["e", "f"], mark: 3 }, "unknown");
	expect(batches.settle(rows, 2)).toEqual([]);
});

test("a change that is lost, heard twice or another one than before is noticed", () => {
	const heard = new Heard();
	expect(heard.add([change(1), change(2), change(3)])).toEqual([]);
	heard.compare(0, ["change 1", "change 3"]);
	heard.compare(1, ["change 1", "change 1", "change 2"]);
	expect([heard.gaps, heard.doubles, heard.isComplete]).toEqual([1, 1, false]);
	heard.compare(1, ["change 3"]);
	expect(heard.isComplete).toBe(true);
	expect(heard.add([change(1), change(2), change(3, "another"), change(5)])).toEqual([
		"change 3 is another one now",
		"the log lacks what is before change 5",
	]);
});

test("a gap, a double and a resync on a socket are noticed", () => {
	const hello = {
		type: "hello",
		protocol: 1,
		epoch: "a",
		user: { id: "1", email: "ada@example.com" },
	} as const;
	const changes = (from: number, ...seqs: number[]) => ({
		type: "changes" as const,
		from,
		to: seqs.at(-1) ?? from,
		changes: seqs.map((seq) => ({ seq, event: "table:notes", timestamp: 0 })),
	});
	const watch = new SeqWatch();
	const first = watch.socket("ws://soak.test/api/ws");
	first({ ...hello, seq: 4, mode: "fresh" });
	first(changes(4, 5, 6));
	expect(watch).toMatchObject({ gaps: 0, doubles: 0, resyncs: 0, changes: 2 });
	first(changes(6, 8));
	first(changes(8, 8));
	expect(watch).toMatchObject({ gaps: 1, doubles: 1, resyncs: 0 });
	const second = watch.socket("ws://soak.test/api/ws?since=8.0&epoch=a");
	second({ ...hello, seq: 9, mode: "replay" });
	second(changes(9, 10));
	expect(watch).toMatchObject({ gaps: 2, doubles: 1, resyncs: 0 });
	// The server knows less than it has told.
	watch.socket("ws://soak.test/api/ws")({ ...hello, seq: 9, mode: "fresh" });
	expect(watch.resyncs).toBe(1);
});
