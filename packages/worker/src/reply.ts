import type { RawResponse, SuccessStatus } from "@userdo/contracts";
import type * as z from "zod";

/** The body of an answer and its status; see {@link reply}. */
export class Reply<Status extends SuccessStatus = SuccessStatus, Body = unknown> {
	// Private, so that no plain object of that shape passes for one.
	readonly #status: Status;
	readonly body: Body;

	constructor(status: Status, body: Body) {
		this.#status = status;
		this.body = body;
	}

	get status(): Status {
		return this.#status;
	}
}

/**
 * What a handler of {@link endpointRoutes} returns for another status than the usual one, which is 200
 * or the only one that the contract names.
 *
 * @param body as the contract's schema for that status takes it; none where it is `null`
 * @example
 * return reply(201, { post });
 */
export function reply<Status extends SuccessStatus>(status: Status): Reply<Status, undefined>;
// `const`: among several answers the compiler can't tell whose literal types to keep.
export function reply<Status extends SuccessStatus, const Body>(
	status: Status,
	body: Body,
): Reply<Status, Body>;
export function reply(status: SuccessStatus, body?: unknown): Reply {
	return new Reply(status, body);
}

/**
 * What a handler of that endpoint may give: the body of the usual answer, a {@link reply}, or a
 * response of its own, which goes out as it is.
 */
export type EndpointAnswer<E> = E extends { responses: infer Responses }
	? UsualBody<Responses> | Replies<Responses> | Response
	: never;

type UsualBody<R> = R extends { 200: infer Usual } ? BodyOf<Usual> : BodyOf<R[Only<keyof R>]>;

type Replies<R> = {
	[Status in keyof R & SuccessStatus]: R[Status] extends RawResponse
		? never
		: Reply<Status, R[Status] extends null ? undefined : Immutable<BodyOf<R[Status]>>>;
}[keyof R & SuccessStatus];

/** Literal lists in a {@link reply} are read-only. */
type Immutable<T> = T extends Date ? T : { readonly [Key in keyof T]: Immutable<T[Key]> };

/** Never, where there are several. */
type Only<Key, All = Key> = Key extends unknown ? ([All] extends [Key] ? Key : never) : never;

/** As the schema takes it, which then makes of it what is sent. */
type BodyOf<R> = R extends z.ZodType
	? z.input<R>
	: R extends null
		? // biome-ignore lint/suspicious/noConfusingVoidType: a handler without a `return` gives this
			void | undefined
		: never;
