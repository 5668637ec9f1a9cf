import type { Context } from "hono";
import { getUserDOFromContext, type SessionUser, type UserDOEnv, UserDOError } from "userdo";
import type { MyAppDO } from "./my-app-do.js";

/** @throws UserDOError `unauthorized` where nobody is signed in */
export function userOf(c: Context<UserDOEnv>): SessionUser {
	const user = c.get("user");
	if (!user) throw new UserDOError("unauthorized");
	return user;
}

/** The object of whoever is signed in. */
export function notebookOf(c: Context<UserDOEnv>) {
	return getUserDOFromContext<MyAppDO>(c, userOf(c).email, "MY_APP_DO");
}
