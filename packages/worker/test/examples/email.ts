import { createUserDOWorker, resend } from "@userdo/worker";

const app = createUserDOWorker("MY_APP_DO", {
	origins: ["https://www.example.com"],
	email: {
		from: "Notebook <hello@example.com>",
		baseUrl: "https://www.example.com",
		pages: { reset: "/reset", verify: "/verify" },
		appName: "Notebook",
		send: resend(),
	},
});

export default app;
