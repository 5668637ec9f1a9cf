import { createUserDOWorker } from "@userdo/worker";

const app = createUserDOWorker("MY_APP_DO", {
	origins: ["https://www.example.com"],
	email: {
		from: "hello@example.com",
		baseUrl: "https://www.example.com/reset",
		async send(message, env: { MAIL_KEY: string }) {
			await fetch("https://mail.example.com/send", {
				method: "POST",
				headers: { authorization: `Bearer ${env.MAIL_KEY}` },
				body: JSON.stringify(message),
			});
		},
	},
});

export default app;
