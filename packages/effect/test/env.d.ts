declare namespace Cloudflare {
	interface GlobalProps {
		mainModule: typeof import("./worker.js");
	}
	interface Env {
		MY_APP_DO: DurableObjectNamespace<import("./worker.js").MyAppDO>;
		JWT_SECRET: string;
	}
}

declare module "*?raw" {
	const text: string;
	export default text;
}
