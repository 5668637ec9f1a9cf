import { createUserDOWorker } from "@userdo/worker";

const app = createUserDOWorker("MY_APP_DO", {
	email: {
		from: "hello@example.com",
		baseUrl: "https://www.example.com",
		async send(message, env: { MAIL_KEY: string }) {
			const response = await fetch("https://mail.example.com/send", {
				method: "POST",
				headers: { authorization: `Bearer ${env.MAIL_KEY}` },
				body: JSON.stringify(message),
			});
			if (!response.ok) throw new Error(`The mail was refused: ${response.status}`);
		},
		templates: {
			passwordReset: ({ appName, link, minutes }) => ({
				subject: `Neues Passwort für ${appName}`,
				text: `Dieser Link gilt einmal, ${minutes} Minuten lang:\n${link}`,
			}),
		},
	},
});

export default app;
