/**
 * The front door: `POST /<object>/<action>` with JSON goes to that object, which answers with JSON.
 * A worker's default export is `frontDoor("BINDING")`.
 */
export function frontDoor<Name extends string>(binding: Name) {
	return {
		fetch(request: Request, env: Record<Name, DurableObjectNamespace>): Promise<Response> {
			const [, object = ""] = new URL(request.url).pathname.split("/");
			return env[binding].getByName(object).fetch(request);
		},
	};
}

export type Actions = Record<string, (options: never) => unknown>;

/** Runs the action that the request names. Errors are told with their stack: this is a bench. */
export async function runAction(actions: Actions, request: Request): Promise<Response> {
	const [, , name = ""] = new URL(request.url).pathname.split("/");
	const action = actions[name];
	if (!action) return new Response(`There is no action ${name}.`, { status: 404 });
	try {
		return Response.json((await action((await request.json()) as never)) ?? null);
	} catch (error) {
		return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
	}
}
