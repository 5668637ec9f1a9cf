import { endpoints } from "@userdo/contracts";
import fc from "fast-check";
import {
	hostile,
	list,
	listQuery,
	operations,
	patch,
	row,
	single,
	toText,
	updateQuery,
	upsertQuery,
} from "./attacks-on-rows.js";
import { collections } from "./collections.js";
import { evil, origin, password } from "./helpers.js";

const names = Object.keys(endpoints);
const ofCollections = Object.keys(collections).flatMap((name) => [
	`/api/${name}`,
	`/api/${name}/:id`,
]);
const paths = [...new Set([...names.map((name) => name.split(" ")[1] ?? ""), ...ofCollections])];
const methods = [...new Set(names.map((name) => name.split(" ")[0] ?? ""))];

/** A path of the contract, or one that nearly is. */
const path = fc.oneof(
	{ weight: 6, arbitrary: fc.constantFrom(...paths) },
	{
		weight: 1,
		arbitrary: fc.constantFrom("/", "/api", "/api/", "/API/me", "/api//me", "/api/me/", "/data/x"),
	},
	{ weight: 1, arbitrary: fc.webPath() },
);

const parameter = fc.constantFrom(
	...["key", "since", "epoch", "token", "channels", "prefix", "after", "limit", "ifVersion", "x"],
);
const query = fc.oneof(
	fc.constant<Record<string, string>>({}),
	fc.dictionary(parameter, hostile, { maxKeys: 3 }),
	listQuery,
);

/** Which of the tokens that there are is sent. */
const token = fc.constantFrom("access", "refresh", "reset", "expired", "unsigned", "other", "none");
export type TokenName = typeof token extends fc.Arbitrary<infer T> ? T : never;

const headers = fc.record(
	{
		"content-type": fc.constantFrom(
			"application/json",
			"application/json; charset=utf-8",
			"text/plain",
			"application/x-www-form-urlencoded",
			"multipart/form-data",
			"application/json; charset=utf-16",
			"",
		),
		origin: fc.constantFrom(origin, evil, "null", "", "file://"),
		"sec-fetch-site": fc.constantFrom("same-origin", "cross-site", "none", "x"),
		"x-userdo-tokens": fc.constantFrom("body", "x"),
		"content-encoding": fc.constantFrom("gzip", "identity"),
		"content-length": fc.constantFrom("0", "5", "999999999"),
		"access-control-request-method": fc.constantFrom("POST", "x"),
		upgrade: fc.constantFrom("websocket", "h2c"),
		"sec-websocket-protocol": fc.constantFrom("userdo.v1", "userdo.v1, bearer.x", ","),
		accept: fc.constantFrom("text/html", "*/*"),
		"x-forwarded-for": fc.ipV4(),
		"user-agent": fc.string({ maxLength: 300 }),
	},
	{ requiredKeys: [] },
);

/** Bodies with the right names and sometimes the right values, and bodies of any kind. */
const value = fc.oneof(
	hostile,
	fc.anything({ maxDepth: 2 }),
	fc.constantFrom(password, "new password 1", "ada@example.com"),
);
const ofAccount = fc.constantFrom(
	...["email", "password", "oldPassword", "newPassword", "token", "refreshToken"],
);
/** Without passwords: what is stored is shown again. */
const pair = fc.record(
	{
		key: fc.oneof(fc.constant("k"), hostile),
		value: fc.oneof(hostile, fc.anything({ maxDepth: 2 })),
		ifVersion: fc.constantFrom(0, -1, "0"),
		ttl: fc.constantFrom(0, 60),
	},
	{ requiredKeys: [] },
);
const anyBody = fc.oneof(
	{ weight: 4, arbitrary: fc.oneof(fc.dictionary(ofAccount, value), pair).map(toText) },
	{ weight: 1, arbitrary: fc.anything({ maxDepth: 3 }).map(toText) },
	{ weight: 2, arbitrary: hostile },
	{ weight: 1, arbitrary: fc.constant(undefined) },
);

/** Anything anywhere. */
const blind = fc.record({
	path,
	query,
	method: fc.constantFrom(...methods, "PUT", "PATCH", "HEAD", "OPTIONS", "PURGE"),
	token,
	carrier: fc.constantFrom("cookie", "bearer", "subprotocol", "both"),
	headers,
	body: anyBody,
});
export type Attack = typeof blind extends fc.Arbitrary<infer A> ? A : never;

const batch = operations.map((list) => ({ operations: list }));
const nothing = fc.constant({});

/** A form, of a page without script. */
const form: fc.Arbitrary<Attack> = fc.record({
	path: fc.constantFrom(...paths),
	query: nothing,
	method: fc.constant("POST"),
	token: fc.constant("access"),
	carrier: fc.constant("cookie"),
	headers: fc.constant({ origin, "content-type": "application/x-www-form-urlencoded" }),
	body: fc
		.dictionary(
			fc.oneof(ofAccount, fc.constantFrom("_next", "_back", "_method")),
			fc.oneof(hostile, fc.constantFrom("DELETE", "/a", password, "ada@example.com")),
		)
		.map((fields) => new URLSearchParams(fields).toString()),
});

/** By somebody who is signed in, with the method and the parts that belong to the path. */
const aimed = fc.oneof(
	aim("GET", list, listQuery),
	aim("POST", list, nothing, row),
	aim("PUT", list, upsertQuery, row),
	aim("GET", single, nothing),
	aim("PATCH", single, updateQuery, patch),
	aim("DELETE", single, nothing),
	aim("POST", fc.constant("/api/batch"), nothing, batch),
	aim("POST", fc.constant("/data"), nothing, pair),
);

function aim(
	method: string,
	path: fc.Arbitrary<string>,
	query: fc.Arbitrary<Record<string, string>>,
	body: fc.Arbitrary<object | undefined> = fc.constant(undefined),
): fc.Arbitrary<Attack> {
	return fc.record({
		path,
		query,
		method: fc.constant(method),
		token: fc.constant("access"),
		carrier: fc.constant("bearer"),
		headers: fc.constant({ "content-type": "application/json" }),
		body: body.map((part) => part && toText(part)),
	});
}

export const attack = fc.oneof(
	{ weight: 4, arbitrary: blind },
	{ weight: 2, arbitrary: aimed },
	{ weight: 1, arbitrary: form },
);
