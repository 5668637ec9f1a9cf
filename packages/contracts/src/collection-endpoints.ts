import * as z from "zod";
import type {
	ListQuerySchema,
	RowParamsSchema,
	UpdateQuerySchema,
	UpsertQuerySchema,
} from "./built-schemas.js";
import {
	getCountSchema,
	getDeletedSchema,
	getListQuerySchema,
	getPageInfoSchema,
	getRowParamsSchema,
	getUpdateQuerySchema,
	getUpsertQuerySchema,
} from "./collection-schemas.js";
import {
	type CollectionDefinition,
	type CollectionRow,
	type Collections,
	defineCollections,
	type Jsonified,
} from "./collections.js";
import type { Endpoint, Endpoints, EndpointTypes } from "./endpoint.js";
import type { ErrorCode } from "./errors.js";
import { toJsonForm } from "./json-form.js";
import type { Direction } from "./json-schema.js";
import { getSnapshotSchema, type Snapshot } from "./operations.js";
import { nameSchema } from "./schema-names.js";

/** The answer to a list: rows, or with `count` their number. */
interface ListOf<Row> {
	items: Row[];
	pageInfo: z.output<ReturnType<typeof getPageInfoSchema>>;
	/** Where the change log stood when the rows were read. */
	snapshot: Snapshot;
	/** The fields of `where` and `orderBy` whose text in JSON is not in the order of their values. */
	kinds?: Record<string, "date" | "bigint"> | undefined;
}

type Data<D extends CollectionDefinition> = Jsonified<z.input<D["schema"]>>;

/** Some fields; null takes the value of an optional one away. */
type PatchData<D extends CollectionDefinition> = {
	[Field in keyof Data<D>]?:
		| Data<D>[Field]
		| (Field extends keyof CollectionRow<D>
				? undefined extends CollectionRow<D>[Field]
					? null
					: never
				: never);
};

type Schema<T> = z.ZodType<T, T>;

interface ReadMethods<D extends CollectionDefinition> {
	list: {
		auth: "session";
		query: typeof ListQuerySchema;
		responses: {
			200: Schema<ListOf<CollectionRow<D>> | z.output<ReturnType<typeof getCountSchema>>>;
		};
	};
	get: {
		auth: "session";
		params: typeof RowParamsSchema;
		responses: { 200: Schema<CollectionRow<D>> };
		errors: readonly ["not_found"];
	};
}

interface WriteMethods<D extends CollectionDefinition> {
	create: {
		auth: "session";
		body: Schema<Data<D>>;
		responses: { 200: Schema<CollectionRow<D>> };
		errors: readonly ["conflict", "forbidden"];
	};
	upsert: {
		auth: "session";
		query: typeof UpsertQuerySchema;
		body: Schema<Data<D>>;
		responses: { 200: Schema<CollectionRow<D>> };
		errors: readonly ["conflict", "forbidden"];
	};
	update: {
		auth: "session";
		params: typeof RowParamsSchema;
		query: typeof UpdateQuerySchema;
		body: Schema<PatchData<D>>;
		responses: { 200: Schema<CollectionRow<D>> };
		errors: readonly ["not_found", "conflict", "forbidden"];
	};
	delete: {
		auth: "session";
		params: typeof RowParamsSchema;
		responses: { 200: ReturnType<typeof getDeletedSchema> };
		errors: readonly ["conflict", "forbidden"];
	};
}

type Exposed<C extends Collections, Exposure> = {
	[Name in keyof C & string]: C[Name]["expose"] extends Exposure ? Name : never;
}[keyof C & string];

type Read<C extends Collections> = Exposed<C, "read" | "write">;
type Write<C extends Collections> = Exposed<C, "write">;

/** The endpoints of collections, as {@link collectionEndpoints} gives them. */
export type CollectionContract<C extends Collections> = {
	readonly [Name in Read<C> as `GET /api/${Name}`]: ReadMethods<C[Name]>["list"];
} & {
	readonly [Name in Read<C> as `GET /api/${Name}/:id`]: ReadMethods<C[Name]>["get"];
} & {
	readonly [Name in Write<C> as `POST /api/${Name}`]: WriteMethods<C[Name]>["create"];
} & {
	readonly [Name in Write<C> as `PUT /api/${Name}`]: WriteMethods<C[Name]>["upsert"];
} & {
	readonly [Name in Write<C> as `PATCH /api/${Name}/:id`]: WriteMethods<C[Name]>["update"];
} & {
	readonly [Name in Write<C> as `DELETE /api/${Name}/:id`]: WriteMethods<C[Name]>["delete"];
};

/**
 * The types of the endpoints of collections.
 *
 * @example
 * type NewPost = EndpointRequest<"POST /api/posts", CollectionEndpoints<typeof collections>>;
 */
export type CollectionEndpoints<C extends Collections> = EndpointTypes<CollectionContract<C>>;

/**
 * The endpoints at which collections are served, as far as they are exposed: `GET`, `POST` and
 * `PUT /api/<name>`, `GET`, `PATCH` and `DELETE /api/<name>/:id`. Rows are as JSON has them: dates
 * and bigints are texts.
 *
 * The schemas are for documentation, types and tests. A Worker needs none of it: the user's object
 * judges rows by the collection's own schema.
 *
 * @throws UserDOError `misconfigured` for a name that is an endpoint's, or can't be a table's
 */
export function collectionEndpoints<const C extends Collections>(
	collections: C,
): CollectionContract<C> {
	const contract: Record<string, Endpoint> = {};
	for (const [name, definition] of Object.entries<CollectionDefinition>(
		defineCollections<Collections>(collections),
	)) {
		const { expose } = definition;
		if (expose !== "read" && expose !== "write") continue;
		Object.assign(contract, describe(name, definition, expose));
	}
	return contract as Endpoints as CollectionContract<C>;
}

function describe(
	tag: string,
	{ schema }: CollectionDefinition,
	expose: "read" | "write",
): Record<string, Endpoint> {
	const row = nameSchema(rowSchema(schema), tag);
	const list = z.object({
		items: z.array(row),
		pageInfo: getPageInfoSchema(),
		snapshot: getSnapshotSchema(),
		kinds: z.record(z.string(), z.enum(["date", "bigint"])).optional(),
	});
	const common = { tag, auth: "session" } as const;
	const params = getRowParamsSchema();
	const responses = { 200: row };
	const path = `/api/${tag}`;
	const read: Record<string, Endpoint> = {
		[`GET ${path}`]: {
			...common,
			summary: `List or count ${tag}`,
			query: getListQuerySchema(),
			responses: { 200: z.union([list, getCountSchema()]) },
		},
		[`GET ${path}/:id`]: {
			...common,
			summary: `Read one of ${tag}`,
			params,
			responses,
			errors: ["not_found"],
		},
	};
	if (expose === "read") return read;
	const data = nameSchema(z.object(mapShape(schema, "input")), `${tag}Data`);
	const patch = nameSchema(patchSchema(schema), `${tag}Patch`);
	const errors: readonly ErrorCode[] = ["conflict", "forbidden"];
	return {
		...read,
		[`POST ${path}`]: {
			...common,
			summary: `Create one of ${tag}`,
			body: data,
			responses,
			errors,
		},
		[`PUT ${path}`]: {
			...common,
			summary: `Create one of ${tag}, or replace the one that is alike`,
			query: getUpsertQuerySchema(),
			body: data,
			responses,
			errors,
		},
		[`PATCH ${path}/:id`]: {
			...common,
			summary: `Change some fields of one of ${tag}`,
			params,
			query: getUpdateQuerySchema(),
			body: patch,
			responses,
			errors: ["not_found", ...errors],
		},
		[`DELETE ${path}/:id`]: {
			...common,
			summary: `Delete one of ${tag}`,
			params,
			responses: { 200: getDeletedSchema() },
			errors,
		},
	};
}

function mapShape(schema: z.ZodObject, io: Direction): Record<string, z.core.$ZodType> {
	return Object.fromEntries(
		Object.entries(schema.shape).map(([field, inner]) => [field, toJsonForm(inner, io)]),
	);
}

/** Fields of the collection's own win over those of the same name that every row has. */
function rowSchema(schema: z.ZodObject): z.ZodObject {
	const time = z.iso.datetime();
	const system = { id: z.string(), createdAt: time, updatedAt: time };
	return z.object({ ...system, ...mapShape(schema, "output") });
}

function patchSchema(schema: z.ZodObject): z.ZodObject {
	const rows = mapShape(schema, "output");
	const fields = Object.entries(mapShape(schema, "input")).map(([field, inner]) => {
		const isOptional = rows[field]?._zod.optout === "optional";
		return [field, z.optional(isOptional ? z.nullable(inner) : inner)];
	});
	return z.object(Object.fromEntries(fields));
}
