declare namespace Cloudflare {
	interface GlobalProps {
		mainModule: typeof import("./worker.js");
	}
	interface Env {
		STORE: DurableObjectNamespace<import("./worker.js").Store>;
	}
}
