export { createDatabase } from "./database.js";
export { queryMethods, tableMethods } from "./methods.js";
export type {
	AnyQuery,
	AnyTable,
	ChangeLog,
	ChangeOp,
	ChangePosition,
	ChangeSource,
	Database,
	DatabaseOptions,
	Direction,
	Field,
	Operand,
	Operator,
	OperatorOf,
	Query,
	Row,
	SortField,
	SystemFields,
	Table,
	TableOptions,
} from "./types.js";
