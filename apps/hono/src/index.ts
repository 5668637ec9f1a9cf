import { createUserDOWorker, createWebSocketHandler, formRoutes } from "userdo";
import { collections } from "./collections.js";
import { MyAppDO } from "./my-app-do.js";
import { notebookOf } from "./notebook.js";
import { accountPages } from "./pages/account.js";
import { doorPages } from "./pages/door.js";
import { notFoundPage } from "./pages/not-found.js";
import { notesPages } from "./pages/notes.js";

export { MyAppDO };

const app = createUserDOWorker("MY_APP_DO", {
	collections,
	forms: formRoutes({
		pages: {
			"POST /api/signup": { next: "/", back: "/sign-up" },
			"POST /api/login": { next: "/", back: "/sign-in" },
			"POST /api/logout": { next: "/sign-in?done=signed-out", back: "/sign-in" },
			"POST /api/password-reset/request": { next: "/forgot?done=sent", back: "/forgot" },
			"POST /api/password-reset/confirm": { next: "/sign-in?done=reset", back: "/reset" },
			"POST /api/password/change": {
				next: "/account?done=password#password",
				back: "/account?form=password#password",
			},
			"POST /api/email-verification/request": {
				next: "/account?done=link#address",
				back: "/account?form=address#address",
			},
			"POST /api/email-verification/confirm": { next: "/verify?done=confirmed", back: "/verify" },
			"DELETE /api/sessions": {
				next: "/account#sessions",
				back: "/account?form=sessions#sessions",
			},
			"DELETE /api/sessions/:id": {
				next: "/account#sessions",
				back: "/account?form=sessions#sessions",
			},
			"DELETE /api/me": { next: "/sign-in?done=deleted", back: "/account/delete" },
		},
	}),
	// A page without script can't read a fragment.
	email: { tokenIn: "query", appName: "Notebook" },
});
const wsHandler = createWebSocketHandler("MY_APP_DO");

// A route of the app's own, beside those of the collection; it calls a method of the app's own class.
app.get("/api/posts/search", async (c) => {
	const ids = await notebookOf(c).findPosts(c.req.query("q") ?? "");
	return c.json({ ids }, 200, { "cache-control": "no-store" });
});

app.route("/", doorPages);
app.route("/", notesPages);
app.route("/", accountPages);
app.route("/", notFoundPage);

export default {
	async fetch(request: Request, env: Cloudflare.Env, ctx: ExecutionContext): Promise<Response> {
		if (request.headers.get("upgrade") === "websocket") {
			return wsHandler.fetch(request, env, ctx);
		}
		return app.fetch(request, env, ctx);
	},
};
