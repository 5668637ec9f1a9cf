export { createDatabase } from "./database.js";
export { queryMethods, tableMethods } from "./methods.js";
export type {
	AnyPage,
	AnyQuery,
	Comparison,
	Condition,
	Direction,
	Field,
	FieldPath,
	FieldValue,
	Group,
	NumberField,
	Operand,
	Operator,
	OperatorOf,
	Page,
	PageOptions,
	Query,
	Row,
	SortField,
	SystemFields,
} from "./query-types.js";
export type {
	AnyTable,
	ChangeLog,
	ChangeOp,
	ChangePosition,
	ChangeSource,
	Database,
	DatabaseOptions,
	Table,
	TableOptions,
} from "./types.js";
