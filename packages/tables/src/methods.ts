/** The steps of a query that lead to another query. */
export const queryMethods: readonly string[] = ["where", "orderBy", "limit"];

/** Every method of a table or a query that may be called from afar by its name. */
export const tableMethods: readonly string[] = [
	...queryMethods,
	"get",
	"first",
	"count",
	"exists",
	"deleteWhere",
	"updateWhere",
	"create",
	"createMany",
	"upsert",
	"findById",
	"update",
	"delete",
];
