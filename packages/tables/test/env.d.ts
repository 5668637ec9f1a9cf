declare namespace Cloudflare {
	interface GlobalProps {
		mainModule: typeof import("./worker.js");
	}
	interface Env {
		STORE: DurableObjectNamespace<import("./worker.js").Store>;
		SHOP: DurableObjectNamespace<import("./worker.js").Shop>;
		BLOG: DurableObjectNamespace<import("./worker.js").Blog>;
	}
}

declare module "*?raw" {
	const text: string;
	export default text;
}
