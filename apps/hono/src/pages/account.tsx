import { Hono } from "hono";
import type { UserDOEnv, UserSession } from "userdo";
import { readFormErrors } from "../form-errors.js";
import { notebookOf } from "../notebook.js";
import { Notebook } from "../views/bar.js";
import { Door } from "../views/door.js";
import { Field, Outcome } from "../views/field.js";
import { renderPage } from "../views/render.js";
import { SessionItem } from "../views/session.js";
import { onPageError } from "./page-error.js";

/** The account: address, sessions, password, export and deletion. */
export const accountPages = new Hono<UserDOEnv>().onError(onPageError);

accountPages.get("/account", async (c) => {
	const notebook = notebookOf(c);
	const [{ user }, { sessions }, theme] = await Promise.all([
		notebook.getUser(),
		notebook.listSessions(),
		notebook.getTheme(),
	]);
	const done = c.req.query("done");
	const linkErrors = readFormErrors(c, [], "address");
	const sessionErrors = readFormErrors(c, [], "sessions");
	const passwordErrors = readFormErrors(c, ["oldPassword", "newPassword"], "password");
	const body = (
		<Notebook user={user} theme={theme} path="/account">
			<div class="account-view">
				<div class="account-head">
					<h1 id="account-heading" tabindex={-1}>
						Your account
					</h1>
					<a class="link" href="/">
						Back to your notes
					</a>
				</div>

				<section id="address" class="card panel" aria-labelledby="address-heading">
					<div class="panel-head">
						<h2 id="address-heading" tabindex={-1}>
							Address
						</h2>
						<span id="confirmed" class="badge good" hidden={!user.emailVerified}>
							Confirmed
						</span>
					</div>
					<p class="address">{user.email}</p>
					<form
						id="unconfirmed"
						class="panel-row"
						method="post"
						action="/api/email-verification/request"
						hidden={user.emailVerified}
					>
						<p class="hint">Not confirmed yet. Open the link in the mail that we sent there.</p>
						<button class="button" type="submit">
							Send the link again
						</button>
					</form>
					{/* The server does not tell: it mails at most one link a minute, and three an hour. */}
					<Outcome
						errors={linkErrors}
						done={
							done === "link"
								? "A link is on its way, unless one was sent in the last minute. It works for a day."
								: undefined
						}
					/>
				</section>

				<section id="sessions" class="card panel" aria-labelledby="sessions-heading">
					<div class="panel-head">
						<h2 id="sessions-heading" tabindex={-1}>
							Where you are signed in
						</h2>
						<form
							id="sign-out-others"
							method="post"
							action="/api/sessions"
							hidden={sessions.length < 2}
						>
							<input type="hidden" name="_method" value="DELETE" />
							<button class="quiet" type="submit">
								Sign out all others
							</button>
						</form>
					</div>
					<div id="sessions-alert" class="alert" role="alert">
						{sessionErrors.alert}
					</div>
					<ul id="session-list" class="sessions">
						{sessions.toSorted(thisOneFirst).map((session) => (
							<SessionItem session={session} />
						))}
					</ul>
				</section>

				<section id="password" class="card panel" aria-labelledby="password-heading">
					<h2 id="password-heading">Change the password</h2>
					<form
						class="fields"
						method="post"
						action="/api/password/change"
						aria-labelledby="password-heading"
					>
						{/* For password managers, which keep a password under a name. */}
						<input name="username" type="text" autocomplete="username" value={user.email} hidden />
						<Outcome
							errors={passwordErrors}
							done={
								done === "password"
									? "Your password is changed. All other devices are signed out."
									: undefined
							}
						/>
						<Field
							name="oldPassword"
							label="Current password"
							type="password"
							autocomplete="current-password"
							errors={passwordErrors}
						/>
						<Field
							name="newPassword"
							label="New password"
							type="password"
							autocomplete="new-password"
							errors={passwordErrors}
							hint="At least 8 characters. All other devices will be signed out."
						/>
						<button class="button primary start" type="submit">
							Change password
						</button>
					</form>
				</section>

				<section class="card panel" aria-labelledby="export-heading">
					<h2 id="export-heading">Your data</h2>
					<div class="panel-row">
						<p class="hint">All of your notes and settings in one file, as JSON Lines.</p>
						<a class="button" href="/api/export" download>
							Export
						</a>
					</div>
				</section>

				<section class="card panel" aria-labelledby="delete-heading">
					<h2 id="delete-heading">Delete the account</h2>
					<div class="panel-row">
						<p class="hint">All of your notes go with it, and nobody can bring them back.</p>
						<a class="button warning" href="/account/delete">
							Delete account…
						</a>
					</div>
				</section>
			</div>
			<template id="session-template">
				<SessionItem />
			</template>
		</Notebook>
	);
	return renderPage(c, { title: "Your account", theme, script: "/app.js" }, body);
});

accountPages.get("/account/delete", async (c) => {
	const theme = await notebookOf(c).getTheme();
	const errors = readFormErrors(c, ["password"]);
	const body = (
		<Door
			title="Delete your account?"
			lede="Your account and all of your notes are deleted at once. Nobody can bring them back."
		>
			<form class="credentials" method="post" action="/api/me" aria-labelledby="heading">
				<input type="hidden" name="_method" value="DELETE" />
				<Outcome errors={errors} />
				<Field
					name="password"
					label="Your password"
					type="password"
					autocomplete="current-password"
					errors={errors}
					isFirst
				/>
				<div class="actions">
					<a class="button" href="/account">
						Keep it
					</a>
					<button class="button danger" type="submit">
						Delete for good
					</button>
				</div>
			</form>
		</Door>
	);
	return renderPage(c, { title: "Delete your account?", theme }, body);
});

/** Then by their last use. */
function thisOneFirst(a: UserSession, b: UserSession): number {
	return Number(b.current) - Number(a.current) || b.lastUsedAt.localeCompare(a.lastUsedAt);
}
