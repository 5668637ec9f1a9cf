import type * as z from "zod";
import type { ErrorCode } from "./errors.js";

/** An answer that is no JSON: a file, a stream. */
export interface RawResponse {
	/** Its media type: `application/jsonl`. */
	readonly contentType: string;
}

/** What an endpoint takes, what it answers, and with what it refuses. */
export interface Endpoint {
	/** One line for the documentation. */
	readonly summary?: string;
	/** More of it, as Markdown. */
	readonly description?: string;
	/** What it belongs to in the documentation. */
	readonly tag?: string;
	/** `session`: it is for whoever is signed in, and answers others with 401 `unauthorized`. */
	readonly auth?: "session";
	/** What stands in the path: `:id`. */
	readonly params?: z.ZodObject;
	readonly query?: z.ZodObject;
	/** Headers of a request that change the answer, and how: for the documentation alone. */
	readonly headers?: Readonly<Record<string, string>>;
	/** As JSON. */
	readonly body?: z.ZodType;
	/**
	 * What it answers when all went well, by status: as JSON with a schema, nothing with `null`, or
	 * something else. A refusal is always an `ErrorBody`.
	 */
	readonly responses: { readonly [Status in SuccessStatus]?: z.ZodType | RawResponse | null };
	/** The codes with which it refuses, besides those that follow from the rest of it. */
	readonly errors?: readonly ErrorCode[];
}

/** Statuses of an answer that is no refusal. */
export type SuccessStatus = 101 | 200 | 201 | 202 | 204;

/** Endpoints by method and path: `POST /api/signup`. */
export type Endpoints = { readonly [Name in `${Method} /${string}`]?: Endpoint };

/** Methods that an endpoint may have. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The types of endpoints: `EndpointTypes<typeof endpoints>["POST /api/signup"]["body"]`. */
export type EndpointTypes<Map> = { [Name in keyof Map]: TypesOf<Map[Name]> };

interface TypesOf<E> {
	params: InputOf<E, "params">;
	query: InputOf<E, "query">;
	body: InputOf<E, "body">;
	responses: E extends { responses: infer Responses } ? ResponsesOf<Responses> : never;
	/** The codes that the endpoint names itself. */
	errors: E extends { errors: readonly (infer Code)[] } ? Code : never;
}

// To compare schemas with `z.ZodType`, which has some fifty methods, would cost the compiler of
// whoever signs somebody in more than all of their own types.

/** Undefined for what an endpoint does not take. */
type InputOf<E, Part extends string> = E extends {
	[P in Part]: { readonly _zod: { input: infer Input } };
}
	? Input
	: undefined;

type ResponsesOf<Responses> = {
	[Status in keyof Responses]: Responses[Status] extends { readonly _zod: { output: infer Output } }
		? Output
		: Responses[Status] extends RawResponse
			? RawAnswer
			: undefined;
};

declare const raw: unique symbol;

/** Stands in the types for an answer that is no JSON: who asks for it gets the `Response` itself. */
export interface RawAnswer {
	readonly [raw]: true;
}
