/** Tables that are alike, and there so that there are many. */
export const itemTables = [
	"tasks",
	"events",
	"orders",
	"drafts",
	"labels",
	"places",
	"people",
	"photos",
] as const;
