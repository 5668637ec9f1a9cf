import type { RawAnswer } from "@userdo/contracts";
import type { CallOptions } from "./call.js";
import type { FetchResponse } from "./request.js";
import type { Unknown } from "./types.js";

/** The types of an endpoint, as `EndpointTypes` of `@userdo/contracts` gives them. */
export interface AnyEndpoint {
	params: unknown;
	query: unknown;
	body: unknown;
	responses: object;
}

/** What goes along with a call of an endpoint: what it takes, a signal and a time. */
export type EndpointInput<E extends AnyEndpoint> = Part<E, "params"> &
	Part<E, "query"> &
	Part<E, "body"> &
	CallOptions &
	AcceptOption;

export interface AcceptOption {
	/** For an endpoint that answers a page: any other page is refused, as it comes from somebody else. */
	accept?: "text/html" | undefined;
}

/** Optional, where all of it is. */
type Part<E extends AnyEndpoint, Name extends "params" | "query" | "body"> = [E[Name]] extends [
	undefined,
]
	? { [N in Name]?: undefined }
	: Unknown extends E[Name]
		? { [N in Name]?: E[Name] | undefined }
		: { [N in Name]: E[Name] };

/** The arguments of a call after the name: none need be, where the endpoint takes nothing. */
export type EndpointArguments<E extends AnyEndpoint> =
	Unknown extends EndpointInput<E> ? [input?: EndpointInput<E>] : [input: EndpointInput<E>];

/** Each answer of an endpoint: its status and its body. */
export type EndpointAnswer<E extends AnyEndpoint> = {
	[Status in keyof E["responses"]]: { status: Status; body: BodyOf<E["responses"][Status]> };
}[keyof E["responses"]];

/** What an endpoint answers, with whatever status. */
export type EndpointBody<E extends AnyEndpoint> = BodyOf<E["responses"][keyof E["responses"]]>;

type BodyOf<R> = R extends RawAnswer ? PlatformResponse : R;

/** The platform's own, where its types are known to the compiler. */
type PlatformResponse = typeof globalThis extends { Response: { prototype: infer R } }
	? R
	: FetchResponse;
