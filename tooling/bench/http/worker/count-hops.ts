import { countRows } from "./count-rows.ts";

type Method = (...args: unknown[]) => unknown;

/** An environment that counts the calls to Durable Objects and passes them on. */
function countHops<E extends object>(env: E): { env: E; hops(): number } {
	let count = 0;
	const stub = <T extends object>(target: T): T =>
		new Proxy(target, {
			get: (_, name) => {
				const method = Reflect.get(target, name) as Method;
				return (...args: unknown[]) => {
					count++;
					// Of a stub, `method.apply` would be a call to the object.
					return Reflect.apply(method, target, args);
				};
			},
		});
	const namespace = (target: DurableObjectNamespace) =>
		new Proxy(target, {
			get: (_, name) => {
				const method = Reflect.get(target, name) as Method;
				return (...args: unknown[]) => {
					const made = method.apply(target, args);
					return name === "get" || name === "getByName" ? stub(Object(made)) : made;
				};
			},
		});
	const counting = new Proxy(env, {
		get: (_, name) => {
			const value: unknown = Reflect.get(env, name);
			const isNamespace = typeof Object(value).idFromName === "function";
			return isNamespace ? namespace(value as DurableObjectNamespace) : value;
		},
	});
	return { env: counting, hops: () => count };
}

/**
 * With this header a request is answered with the calls to objects and the rows that it took. Its value
 * is that of
 * `upgrade`, which a client that takes no socket can't send; or any other.
 */
const header = "x-bench-hops";

/** Serves requests, and counts the hops of those that ask for it. */
export function countingHops<E extends object>(
	serve: (request: Request, env: E, ctx: ExecutionContext) => Response | Promise<Response>,
) {
	return async (request: Request, env: E, ctx: ExecutionContext): Promise<Response> => {
		const asked = request.headers.get(header);
		if (asked === null) return serve(request, env, ctx);
		const headers = new Headers(request.headers);
		if (asked === "websocket") headers.set("upgrade", asked);
		const counted = countHops(env);
		const { result, ...rows } = await countRows(async () =>
			serve(new Request(request, { headers }), counted.env, ctx),
		);
		const { status, webSocket } = result;
		webSocket?.accept();
		webSocket?.close();
		return Response.json({ status, hops: counted.hops(), ...rows });
	};
}
