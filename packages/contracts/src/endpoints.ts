import type { EndpointTypes } from "./endpoint.js";
import { accountEndpoints } from "./endpoints/account.js";
import { authEndpoints } from "./endpoints/auth.js";
import { batchEndpoints } from "./endpoints/batch.js";
import { dataEndpoints } from "./endpoints/data.js";
import { meEndpoints } from "./endpoints/me.js";
import { sessionEndpoints } from "./endpoints/sessions.js";
import { socketEndpoints } from "./endpoints/socket.js";

/** Every endpoint, by method and path. */
export const endpoints = {
	...authEndpoints,
	...meEndpoints,
	...accountEndpoints,
	...sessionEndpoints,
	...dataEndpoints,
	...batchEndpoints,
	...socketEndpoints,
} as const;

/** The types of every endpoint: `UserDOEndpoints["POST /api/signup"]["body"]` and so on. */
export type UserDOEndpoints = EndpointTypes<typeof endpoints>;

/** The types of endpoints that {@link EndpointTypes} gives. */
interface AnyTypes {
	params: unknown;
	query: unknown;
	body: unknown;
	responses: object;
	errors: unknown;
}

/** `POST /api/signup` and so on. */
export type EndpointName<Map = UserDOEndpoints> = keyof Map & string;

type Find<Map, Name extends keyof Map, Part extends keyof AnyTypes> = Map[Name] extends AnyTypes
	? Map[Name][Part]
	: never;

/** What the endpoint takes as its JSON body; `Map` is for endpoints of your own. */
export type EndpointRequest<Name extends keyof Map, Map = UserDOEndpoints> = Find<
	Map,
	Name,
	"body"
>;

/** What stands in the endpoint's path. */
export type EndpointParams<Name extends keyof Map, Map = UserDOEndpoints> = Find<
	Map,
	Name,
	"params"
>;

/** What the endpoint takes in its query string. */
export type EndpointQuery<Name extends keyof Map, Map = UserDOEndpoints> = Find<Map, Name, "query">;

type Responses<Name extends keyof Map, Map> = Find<Map, Name, "responses">;

/** What the endpoint answers with that status; without one, with 200, or with the only ones it has. */
export type EndpointResponse<
	Name extends keyof Map,
	Map = UserDOEndpoints,
	Status extends keyof Responses<Name, Map> = UsualStatus<Responses<Name, Map>>,
> = Responses<Name, Map>[Status];

type UsualStatus<R> = 200 extends keyof R ? 200 & keyof R : keyof R;
