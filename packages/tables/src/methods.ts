/** The steps of a query that lead to another query. */
export const queryMethods: readonly string[] = [
	"where",
	"or",
	"not",
	"orderBy",
	"limit",
	"offset",
	"select",
	"search",
	"with",
];

/** Every method of a table or a query that may be called from afar by its name. */
export const tableMethods: readonly string[] = [
	...queryMethods,
	"get",
	"first",
	"page",
	"count",
	"exists",
	"sum",
	"avg",
	"min",
	"max",
	"groupBy",
	"deleteWhere",
	"updateWhere",
	"create",
	"createMany",
	"upsert",
	"findById",
	"update",
	"delete",
];
