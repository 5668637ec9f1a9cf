import { Effect, Queue, Stream } from "effect";

/**
 * What a listener of the client hears, as a stream: it subscribes when the stream is run, and
 * unsubscribes when it ends. What is not consumed yet is kept, all of it.
 *
 * @param subscribe takes a listener and returns the function that takes it away again
 * @example
 * const changes = listen<TableChange<Book>>((heard) => client.collection("books").onChange(heard));
 */
export function listen<A>(
	subscribe: (listener: (value: A) => void) => () => void,
): Stream.Stream<A> {
	return Stream.callback<A>((queue) =>
		Effect.acquireRelease(
			Effect.sync(() => subscribe((value) => Queue.offerUnsafe(queue, value))),
			(unsubscribe) => Effect.sync(unsubscribe),
		),
	);
}
