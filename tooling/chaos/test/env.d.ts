declare namespace Cloudflare {
	interface GlobalProps {
		mainModule: typeof import("./worker.js");
	}
	interface Env {
		USERDO: DurableObjectNamespace<import("./worker.js").ChaosDO>;
		JWT_SECRET: string;
		/** How long the storm lasts. */
		CHAOS_SECONDS: string;
		/** Repeats a storm; a new one each time where it is empty. */
		CHAOS_SEED: string;
	}
}
