import { UserDOError } from "@userdo/contracts/errors";
import {
	getListQuerySchema,
	getRowParamsSchema,
	getUpdateQuerySchema,
	getUpsertQuerySchema,
	once,
} from "@userdo/contracts/lazy";
import type { Context } from "hono";
import * as z from "zod";
import { getState, type UserDOEnv } from "../context.js";
import { readInput } from "../endpoint-input.js";
import { callAsSession } from "../get-user-do.js";
import { parseJson } from "../json-body.js";

/** What a request to a collection is about. */
export interface Target {
	collection: string;
	/** Of the row, where the path names one. */
	id: string;
	maxBytes: number;
}

/** Reads a request, makes its call to the object, and gives the body of the answer. */
export type Handler = (c: Context<UserDOEnv>, target: Target) => Promise<object>;

/** By path, then by method. */
export const handlers: Record<string, Partial<Record<string, Handler>>> = {
	"/api/:collection": { GET: list, POST: create, PUT: upsert },
	"/api/:collection/:id": { GET: read, PATCH: update, DELETE: remove },
};

const getWhereSchema = once(() =>
	getListQuerySchema()
		.shape.where.unwrap()
		.transform((text, { addIssue }) => {
			const value = parseJson(text);
			// A list, or and, or, not; a text would pass for the field of a condition without an operator.
			if (Array.isArray(value) && value.every((part) => Object(part) === part)) return value;
			addIssue("This must be a list of conditions, as JSON.");
			return z.NEVER;
		})
		.optional(),
);

const getOrderBySchema = once(() =>
	getListQuerySchema()
		.shape.orderBy.unwrap()
		.transform((text) =>
			text.split(",").map((part) => {
				const [field = "", direction = "asc"] = part.split(":");
				return [field, direction] as const;
			}),
		)
		.optional(),
);

const getBodySchema = once(() => z.record(z.string(), z.unknown()));

/** What each takes: its schemas are built when the first request of its kind comes. */
const inputs = {
	list: once(() => {
		const query = getListQuerySchema();
		const limit = query.shape.limit.unwrap().transform(Number).optional();
		const others = { where: getWhereSchema(), orderBy: getOrderBySchema(), limit };
		return { query: query.omit({ count: true }).extend(others) };
	}),
	count: once(() => {
		const query = getListQuerySchema().pick({ count: true }).required();
		return { query: query.extend({ where: getWhereSchema() }) };
	}),
	row: once(() => ({ params: getRowParamsSchema(), query: z.object({}) })),
	create: once(() => ({ query: z.object({}), body: getBodySchema() })),
	upsert: once(() => ({ query: getUpsertQuerySchema(), body: getBodySchema() })),
	update: once(() => ({
		params: getRowParamsSchema(),
		query: getUpdateQuerySchema(),
		body: getBodySchema(),
	})),
};

async function list(c: Context, target: Target): Promise<object> {
	// To parse an address takes a while; a name may be percent-encoded.
	const isCount = /[?&](count|[^=&]*%)/.test(c.req.url) && hasCount(c.req.url);
	if (!isCount) {
		const { query } = await readTarget(c, inputs.list(), target);
		return call(c, "listRows", target.collection, query);
	}
	const { where } = (await readTarget(c, inputs.count(), target)).query;
	return call(c, "countRows", target.collection, where);
}

function hasCount(url: string): boolean {
	return new URL(url).searchParams.has("count");
}

async function read(c: Context, target: Target): Promise<object> {
	const { id } = (await readTarget(c, inputs.row(), target)).params;
	const found = await call<object | undefined>(c, "getRow", target.collection, id);
	if (found === undefined) throw new UserDOError("not_found");
	return found;
}

async function create(c: Context, target: Target): Promise<object> {
	const { body: data } = await readTarget(c, inputs.create(), target);
	return write(c, { op: "create", collection: target.collection, data });
}

async function upsert(c: Context, target: Target): Promise<object> {
	const { query, body: data } = await readTarget(c, inputs.upsert(), target);
	const on = query.on.split(",");
	return write(c, { op: "upsert", collection: target.collection, data, on });
}

async function update(c: Context, target: Target): Promise<object> {
	const { params, query, body: patch } = await readTarget(c, inputs.update(), target);
	return write(c, { op: "update", collection: target.collection, ...params, patch, ...query });
}

async function remove(c: Context, target: Target): Promise<object> {
	const { params } = await readTarget(c, inputs.row(), target);
	const operation = { op: "delete", collection: target.collection, ...params };
	return { ok: true, ...(await call<object>(c, "runOperation", operation)) };
}

/** A misspelt parameter must not be one that was never given, so there may be no others. */
function readTarget<S extends { params?: z.ZodType; query: z.ZodObject; body?: z.ZodType }>(
	c: Context,
	schemas: S,
	{ id, maxBytes }: Target,
) {
	const parameters = Object.keys(schemas.query.shape);
	return readInput(c, schemas, { maxBytes, params: { id }, parameters });
}

async function write(c: Context, operation: object): Promise<object> {
	const { row } = await call<{ row: object }>(c, "runOperation", operation);
	return row;
}

async function call<T = object>(c: Context, name: string, ...args: unknown[]): Promise<T> {
	return (await callAsSession(c, getState(c), [{ name, args }])) as T;
}
