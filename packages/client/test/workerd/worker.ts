import { DurableObject } from "cloudflare:workers";

/** Bare storage: the tests build their tables in it with `runInDurableObject`. */
export class Store extends DurableObject {}

export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler;
