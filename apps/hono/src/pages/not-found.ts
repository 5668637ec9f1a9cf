import { Hono } from "hono";
import { UserDOError } from "userdo";
import { onPageError } from "./page-error.js";

/** A page for addresses that are none. Those of the API are left to the library. */
export const notFoundPage = new Hono().onError(onPageError);

notFoundPage.get("*", (c, next) => {
	if (/^\/(api|data)(\/|$)/.test(c.req.path)) return next();
	throw new UserDOError("not_found");
});
