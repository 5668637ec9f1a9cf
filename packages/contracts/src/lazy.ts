/** The schemas that the other packages of UserDO share, each of them built when it is first asked for. */
export {
	getListQuerySchema,
	getRowParamsSchema,
	getUpdateQuerySchema,
	getUpsertQuerySchema,
} from "./collection-schemas.js";
export { once } from "./once.js";
export { getIfVersionSchema, getOperationSchema, getTtlSchema } from "./operations.js";
export {
	getEmailSchema,
	getKeySchema,
	getNewPasswordSchema,
	getPasswordSchema,
} from "./schemas.js";
