declare namespace Cloudflare {
	interface Env {
		USERDO: DurableObjectNamespace<import("./index.js").SoakDO>;
		JWT_SECRET: string;
	}
}
