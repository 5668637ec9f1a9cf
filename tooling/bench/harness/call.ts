/**
 * Asks an object of the running worker for an action (`frontDoor` in `worker/objects.ts`).
 *
 * @throws an error with what the worker said, when it refused or broke
 */
export async function call<T>(
	url: string,
	object: string,
	action: string,
	options: unknown,
): Promise<T> {
	const response = await fetch(`${url}/${object}/${action}`, {
		method: "POST",
		body: JSON.stringify(options),
	});
	if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
	return (await response.json()) as T;
}
