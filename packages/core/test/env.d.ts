declare namespace Cloudflare {
	interface GlobalProps {
		mainModule: typeof import("./worker.js");
	}
	interface Env {
		NOTES: DurableObjectNamespace<import("./worker.js").NotesDO>;
		PLAIN: DurableObjectNamespace<import("./worker.js").PlainDO>;
		CHEAP: DurableObjectNamespace<import("./worker.js").CheapDO>;
		STRICT: DurableObjectNamespace<import("./worker.js").StrictDO>;
		SCRYPT: DurableObjectNamespace<import("./worker.js").ScryptDO>;
		BACK: DurableObjectNamespace<import("./worker.js").BackDO>;
		SLOW: DurableObjectNamespace<import("./worker.js").SlowDO>;
		HOOKS: DurableObjectNamespace<import("./worker.js").HooksDO>;
		SHOP: DurableObjectNamespace<import("./worker.js").ShopDO>;
		TEN_TABLES: DurableObjectNamespace<import("./worker.js").TenTablesDO>;
		JWT_SECRET: string;
	}
}

declare module "*?raw" {
	const text: string;
	export default text;
}
