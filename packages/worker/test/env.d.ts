declare namespace Cloudflare {
	interface GlobalProps {
		mainModule: typeof import("./worker.js");
	}
	interface Env {
		MY_APP_DO: DurableObjectNamespace<import("./worker.js").MyAppDO>;
		BLOG_DO: DurableObjectNamespace<import("./worker.js").BlogDO>;
		SHOP_DO: DurableObjectNamespace<import("./worker.js").ShopDO>;
		CHEAP_DO: DurableObjectNamespace<import("./worker.js").CheapDO>;
		CLUB_DO: DurableObjectNamespace<import("./worker.js").ClubDO>;
		NOTEBOOK_DO: DurableObjectNamespace<import("./worker.js").NotebookDO>;
		EMAIL: SendEmail;
		JWT_SECRET: string;
	}
}

declare module "*?raw" {
	const text: string;
	export default text;
}
