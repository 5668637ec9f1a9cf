import { type Context, Hono } from "hono";
import { isUserDOError, type UserDOEnv } from "userdo";
import { readFormErrors } from "../form-errors.js";
import { notebookOf } from "../notebook.js";
import { Door } from "../views/door.js";
import { Field, Outcome } from "../views/field.js";
import { renderPage } from "../views/render.js";
import { onPageError } from "./page-error.js";

const lede = "Notes that appear in every window the moment you write them.";

/** What has been done, by what the address of the page says. */
const done: Partial<Record<string, string>> = {
	deleted: "Your account and all of your notes are deleted.",
	reset: "Your new password is set, and you are signed out everywhere. Sign in with it.",
};

/** Signing in and up, and the pages that mailed links lead to. */
export const doorPages = new Hono<UserDOEnv>().onError(onPageError);

doorPages.get("/sign-in", async (c) => {
	if (await isSignedIn(c)) return c.redirect("/", 303);
	const errors = readFormErrors(c, ["email", "password"]);
	if (c.req.query("ended") !== undefined) {
		errors.alert ??= "You were signed out. Please sign in again.";
	}
	const body = (
		<Door
			title="Sign in"
			lede={lede}
			below={
				<>
					New here?{" "}
					<a class="link" href="/sign-up">
						Create an account
					</a>
				</>
			}
		>
			<form class="credentials" method="post" action="/api/login" aria-labelledby="heading">
				<Outcome errors={errors} done={done[c.req.query("done") ?? ""]} />
				<Field
					name="email"
					label="Email"
					type="email"
					autocomplete="username"
					errors={errors}
					isFirst
				/>
				<Field
					name="password"
					label="Password"
					type="password"
					autocomplete="current-password"
					errors={errors}
				/>
				<button class="button primary wide" type="submit">
					Sign in
				</button>
				<a class="link" href="/forgot">
					Forgot your password?
				</a>
			</form>
		</Door>
	);
	return renderPage(c, { title: "Sign in" }, body);
});

doorPages.get("/sign-up", (c) => {
	const errors = readFormErrors(c, ["email", "password"]);
	const body = (
		<Door
			title="Create an account"
			lede={lede}
			below={
				<>
					Been here before?{" "}
					<a class="link" href="/sign-in">
						Sign in
					</a>
				</>
			}
		>
			<form class="credentials" method="post" action="/api/signup" aria-labelledby="heading">
				<Outcome errors={errors} />
				<Field
					name="email"
					label="Email"
					type="email"
					autocomplete="username"
					errors={errors}
					isFirst
				/>
				<Field
					name="password"
					label="Password"
					type="password"
					autocomplete="new-password"
					errors={errors}
					hint="At least 8 characters."
				/>
				<button class="button primary wide" type="submit">
					Create an account
				</button>
			</form>
		</Door>
	);
	return renderPage(c, { title: "Create an account" }, body);
});

doorPages.get("/forgot", (c) => {
	const errors = readFormErrors(c, ["email"]);
	// The same for every address: who asks may not be the one whose account it is.
	const sent =
		c.req.query("done") === "sent"
			? "If there is an account with this address, a link is on its way. It works for 30 minutes."
			: undefined;
	const body = (
		<Door
			title="Set a new password"
			lede="Enter the address of your account, and we mail you a link."
			below={
				<>
					Remembered it?{" "}
					<a class="link" href="/sign-in">
						Sign in
					</a>
				</>
			}
		>
			<form
				class="credentials"
				method="post"
				action="/api/password-reset/request"
				aria-labelledby="heading"
			>
				<Outcome errors={errors} done={sent} />
				<Field
					name="email"
					label="Email"
					type="email"
					autocomplete="username"
					errors={errors}
					isFirst={sent === undefined}
				/>
				<button class="button primary wide" type="submit">
					Send the link
				</button>
			</form>
		</Door>
	);
	return renderPage(c, { title: "Set a new password" }, body);
});

doorPages.get("/reset", (c) => {
	const token = c.req.query("token") ?? "";
	const errors = readFormErrors(c, ["newPassword"]);
	const isDead = token === "" || c.req.query("error") === "invalid_token";
	const body = isDead ? (
		<Door
			title="This link does not work"
			lede="It was used already, has expired, is not complete, or a newer one was sent."
		>
			<a class="button primary wide" href="/forgot">
				Send me a new link
			</a>
		</Door>
	) : (
		<Door title="Set a new password" lede="You will be signed out on every device.">
			<form
				class="credentials"
				method="post"
				action="/api/password-reset/confirm"
				aria-labelledby="heading"
			>
				<Outcome errors={errors} />
				<input type="hidden" name="token" value={token} />
				<input type="hidden" name="_back" value={withToken("/reset", token)} />
				<Field
					name="newPassword"
					label="New password"
					type="password"
					autocomplete="new-password"
					errors={errors}
					hint="At least 8 characters."
					isFirst
				/>
				<button class="button primary wide" type="submit">
					Set the password
				</button>
			</form>
		</Door>
	);
	return renderPage(c, { title: "Set a new password" }, body);
});

doorPages.get("/verify", async (c) => {
	const token = c.req.query("token") ?? "";
	const title = "Confirm your address";
	if (c.req.query("done") === "confirmed") {
		const body = (
			<Door title="Your address is confirmed" lede="Thank you. That was all.">
				<a class="button primary wide" href="/">
					Open the notebook
				</a>
			</Door>
		);
		return renderPage(c, { title }, body);
	}
	if (token === "" || ["invalid_token", "invalid_input"].includes(c.req.query("error") ?? "")) {
		const body = (
			<Door
				title="This link does not work"
				lede="It was used already, has expired, is not complete, or a newer one was sent. Your account has a button for a new one."
			>
				<a class="button primary wide" href="/account">
					Go to your account
				</a>
			</Door>
		);
		return renderPage(c, { title }, body);
	}
	// It takes a session of the account, which may be somebody else's than who is signed in here.
	const isRefused = c.req.query("error") === "wrong_password" || c.req.query("asked") !== undefined;
	const needsPassword = isRefused || !(await isSignedIn(c));
	const errors = readFormErrors(c, ["password"]);
	if (errors.fields.password && c.req.query("asked") === undefined) errors.fields = {};
	const back = `${withToken("/verify", token)}${needsPassword ? "&asked=1" : ""}`;
	const body = (
		<Door
			title={needsPassword ? "Is it you?" : title}
			lede={
				needsPassword
					? "Enter the password that you signed up with. If you did not sign up, close this page."
					: "One press, and it is done."
			}
		>
			<form
				class="credentials"
				method="post"
				action="/api/email-verification/confirm"
				aria-labelledby="heading"
				data-submit-at-once={needsPassword ? undefined : ""}
			>
				<Outcome errors={errors} />
				<input type="hidden" name="token" value={token} />
				<input type="hidden" name="_back" value={back} />
				{needsPassword && (
					<Field
						name="password"
						label="Password"
						type="password"
						autocomplete="current-password"
						errors={errors}
						isFirst
					/>
				)}
				<button class="button primary wide" type="submit">
					Confirm the address
				</button>
			</form>
		</Door>
	);
	return renderPage(c, { title }, body);
});

function withToken(path: string, token: string): string {
	return `${path}?${new URLSearchParams({ token })}`;
}

/** By asking the object: the cookies of a session that has ended look good for some minutes. */
async function isSignedIn(c: Context<UserDOEnv>): Promise<boolean> {
	try {
		await notebookOf(c).getUser();
		return true;
	} catch (error) {
		if (isUserDOError(error, "unauthorized")) return false;
		throw error;
	}
}
