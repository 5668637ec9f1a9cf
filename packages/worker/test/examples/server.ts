import { getUserDO } from "@userdo/worker";
import type { MyAppDO } from "./worker.js";

interface Env {
	MY_APP_DO: DurableObjectNamespace<MyAppDO>;
}

export default {
	async scheduled(_controller, env) {
		const userDO = getUserDO(env.MY_APP_DO, "ada@example.com");
		await userDO.posts.create({ title: "Good morning" });
	},
} satisfies ExportedHandler<Env>;
