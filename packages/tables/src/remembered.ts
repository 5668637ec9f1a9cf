/**
 * A function that makes its result once for each key, and keeps it as long as there is the key. What
 * follows from a schema alone is so made once in an isolate, and not by each object that wakes there.
 */
export function remembered<K extends object, V>(make: (key: K) => V): (key: K) => V {
	const known = new WeakMap<K, V>();
	return (key) => {
		const found = known.get(key);
		if (found !== undefined) return found;
		const made = make(key);
		known.set(key, made);
		return made;
	};
}
