import { objectName } from "@userdo/core/identity";
import type { PostInput } from "../../tables/worker/posts.ts";
import { countingHops } from "./count-hops.ts";
import { Floor, FloorHashing, type Started } from "./floor-object.ts";
import { type Claims, signCookies, verifyCookie } from "./floor-tokens.ts";

export { Floor, FloorHashing };

/** What TypeScript can't work out of the class: the type of a value of any kind is too deep for it. */
type Remote = {
	[Name in keyof FloorHashing]: FloorHashing[Name] extends (...args: infer Args) => infer Result
		? (...args: Args) => Promise<Awaited<Result>>
		: never;
};

interface Namespace extends Omit<DurableObjectNamespace, "get"> {
	get(id: DurableObjectId): Remote;
}

interface Env {
	USERDO: Namespace;
	HASHING: Namespace;
	JWT_SECRET: string;
}

const json = {
	"content-type": "application/json",
	"cache-control": "no-store",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
	"referrer-policy": "no-referrer",
	"strict-transport-security": "max-age=31536000",
	"x-content-type-options": "nosniff",
};

function answer(body: unknown): Response {
	if (body === undefined) return new Response("{}", { status: 401, headers: json });
	return new Response(JSON.stringify(body), { headers: json });
}

/** As a route of one's own does. */
function answerPlain(body: unknown): Response {
	return body === undefined ? answer(undefined) : Response.json(body);
}

/** One check of the token, one call to the object, and raw SQL there. */
async function serve(request: Request, env: Env): Promise<Response> {
	const url = new URL(request.url);
	const isHashing = url.pathname.startsWith("/hashing/");
	const namespace = isHashing ? env.HASHING : env.USERDO;
	const path = isHashing ? url.pathname.slice("/hashing".length) : url.pathname;
	if (path === "/api/login" || path === "/api/signup") {
		return start(request, namespace, { path, secret: env.JWT_SECRET });
	}
	const claims = await verifyCookie(request, env.JWT_SECRET);
	if (claims === undefined) return answer(undefined);
	const object = namespace.get(namespace.idFromString(claims.sub));
	if (path === "/api/ws") return connect(request, object, claims);
	return call(request, object, { url, path, sid: claims.sid });
}

async function call(
	request: Request,
	object: Remote,
	{ url, path, sid }: { url: URL; path: string; sid: string },
): Promise<Response> {
	const parameter = (name: string) => url.searchParams.get(name) ?? "";
	switch (`${request.method} ${path}`) {
		case "GET /api/me":
			return answer(await object.me(sid));
		case "GET /data":
			return answer(await object.getKey(sid, parameter("key")));
		case "POST /data": {
			const { key, value } = await request.json<{ key: string; value: unknown }>();
			return answer(await object.setKey(sid, key, value));
		}
		case "GET /api/posts":
			return answer(await object.listPosts(sid));
		case "POST /api/posts":
			return answer(await object.createPost(sid, await request.json<PostInput>()));
		case "GET /api/count":
			return answerPlain(await object.countPosts(sid, parameter("category")));
		default:
			return fill(request, object, path);
	}
}

async function fill(request: Request, object: Remote, path: string) {
	const body = await request.json<{ rows: never[] }>();
	if (path === "/bench/posts") await object.fillPosts(body.rows);
	else if (path === "/bench/notes") await object.fillNotes(body.rows);
	else if (path === "/bench/announce") await object.announce(body);
	// It never answers.
	else await object.restart().catch(() => {});
	return answer({ ok: true });
}

async function start(
	request: Request,
	namespace: Namespace,
	{ path, secret }: { path: string; secret: string },
): Promise<Response> {
	const { email, password } = await request.json<{ email: string; password: string }>();
	const userAgent = request.headers.get("user-agent") ?? "";
	const object = namespace.get(namespace.idFromName(objectName(email)));
	const started: Started | undefined =
		path === "/api/signup"
			? await object.signup(email, password, userAgent)
			: await object.login(password, userAgent);
	if (started === undefined) return answer(undefined);
	const { user, sid } = started;
	const response = answer({ user });
	for (const cookie of await signCookies({ sub: user.id, email, sid }, secret)) {
		response.headers.append("set-cookie", cookie);
	}
	return response;
}

function connect(request: Request, object: Remote, { sid }: Claims): Promise<Response> {
	const headers = new Headers(request.headers);
	headers.set("x-session", sid);
	return object.fetch(new Request(request.url, { headers }));
}

export default { fetch: countingHops(serve) };
