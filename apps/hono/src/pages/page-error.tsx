import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isUserDOError, onError } from "userdo";
import { errorText } from "../error-text.js";
import { Door } from "../views/door.js";
import { renderPage } from "../views/render.js";

/** A page for what a page's handler threw: to sign in where nobody is signed in. */
export async function onPageError(error: Error, c: Context): Promise<Response> {
	if (isUserDOError(error, "unauthorized")) {
		// Who has just been signed in is told; who comes by for the first time is not.
		return c.redirect(c.get("user") ? "/sign-in?ended" : "/sign-in", 303);
	}
	// The line in the log, with the id that finds it.
	const { status } = await onError(error, c);
	const isKnown = isUserDOError(error) && error.status >= 400 && error.status < 500;
	const text = isKnown ? errorText(error) : "Something went wrong on our side.";
	const title = status === 404 ? "There is no such page" : "That did not work";
	const body = (
		<Door title={title} lede={text}>
			<a class="button primary wide" href="/">
				Open the notebook
			</a>
		</Door>
	);
	return renderPage(c, { title, status: status as ContentfulStatusCode }, body);
}
