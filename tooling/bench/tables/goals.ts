/** How much of the time by hand ours may take. */
export const goals: Record<string, number> = {
	findById: 1.33,
	equality: 1.33,
	range: 1.33,
	count: 1.33,
	"count of an equality": 1.33,
	insert: 1.5,
	"insert, no log": 1.5,
	"insert of 1,000": 1.5,
	"insert of 1,000, no log": 1.5,
	update: 1.5,
	"update, no log": 1.5,
};
