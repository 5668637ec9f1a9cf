import { createUserDOWorker, formRoutes, readFormError } from "@userdo/worker";
import { html } from "hono/html";

const app = createUserDOWorker("MY_APP_DO", {
	forms: formRoutes({ pages: { "POST /api/login": { next: "/notes", back: "/sign-in" } } }),
	email: { tokenIn: "query" },
});

app.get("/sign-in", (c) => {
	const error = readFormError(c);
	c.header("referrer-policy", "same-origin");
	return c.html(html`<!doctype html>
		<form method="post" action="/api/login">
			<p role="alert">${error?.message}</p>
			<input name="email" type="email" autocomplete="username" required />
			<input name="password" type="password" autocomplete="current-password" required />
			<button>Sign in</button>
		</form>`);
});

export default app;
