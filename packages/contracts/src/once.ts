/**
 * A function that makes its value when it is first called. A Worker may not need most of its schemas
 * for hours, and has little time to start in. Where it is called at the top of a module, bundlers need
 * the mark `@__PURE__` to leave out what nobody uses.
 */
export function once<T extends object>(make: () => T): () => T {
	let made: T | undefined;
	return () => {
		made ??= make();
		return made;
	};
}

/** Has each getter of the endpoints run once at most, and at first look: its schemas are its value. */
export function buildOnce<E extends object>(endpoints: E): E {
	for (const endpoint of Object.values<object>(endpoints as Record<string, object>)) {
		for (const [part, { get }] of Object.entries(Object.getOwnPropertyDescriptors(endpoint))) {
			if (get === undefined) continue;
			Object.defineProperty(endpoint, part, { enumerable: true, get: once(get) });
		}
	}
	return endpoints;
}
