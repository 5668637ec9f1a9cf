import type { Context } from "hono";
import { decodeJwt } from "jose";
import { inBackground as runInBackground } from "../background.js";
import { findState } from "../context.js";
import { isDevelopment, reportMailFailure, reportOnce } from "../report.js";
import { keepInMailbox } from "./dev-mailbox.js";
import {
	type EmailLinkOptions,
	type EmailOptions,
	linkTo,
	type ResolvedEmail,
	resolveEmail,
} from "./options.js";
import {
	defaultTemplates,
	type EmailContent,
	type EmailContext,
	type EmailTemplates,
} from "./templates.js";

type EmailOption = EmailOptions | EmailLinkOptions | undefined;
type WithLink = "passwordReset" | "emailVerification";

/**
 * How mails leave in answer to this request: as the option says, else in development into the dev
 * mailbox. Undefined where there is no way.
 */
export function findSender(c: Context, email: EmailOption): EmailOptions | undefined {
	if (email !== undefined && "send" in email) return email;
	if (!isDevelopment(c.env)) return undefined;
	const { origin, host } = new URL(c.req.url);
	const tenant = findState(c)?.tenant;
	return {
		...email,
		from: `${host} <dev@localhost>`,
		baseUrl: origin,
		send: (message) => keepInMailbox(message, tenant),
	};
}

/** The same, for mails without which people can't go on: tells the operator when there is no way. */
export function requireSender(
	c: Context,
	email: EmailOption,
	what: string,
): EmailOptions | undefined {
	const sender = findSender(c, email);
	if (sender === undefined) {
		reportOnce(`no email sender is set, so nobody gets a ${what} mail (option email).`);
	}
	return sender;
}

/** Mails a link. */
export async function mailLink(
	c: Context,
	options: EmailOptions,
	{ kind, to, token }: { kind: WithLink; to: string; token: string },
): Promise<void> {
	const email = await resolveEmail(options, findState(c)?.tenant);
	const link = linkTo(kind === "passwordReset" ? "reset" : "verify", email, token);
	// The object made the token, so there is nothing to verify.
	const { iat = 0, exp = 0 } = decodeJwt(token);
	const context = { ...contextOf(email, to), link, minutes: Math.round((exp - iat) / 60) };
	const write = email.templates?.[kind] ?? defaultTemplates[kind];
	await post(c, email, to, await write(context));
}

/** Mails word of something. */
export async function mailNotice(
	c: Context,
	options: EmailOptions,
	{ kind, to }: { kind: Exclude<keyof EmailTemplates, WithLink>; to: string },
): Promise<void> {
	const email = await resolveEmail(options, findState(c)?.tenant);
	const write = email.templates?.[kind] ?? defaultTemplates[kind];
	await post(c, email, to, await write(contextOf(email, to)));
}

/**
 * Tells the owner that the password was changed or reset, after the answer; where no mail can leave
 * it does nothing. It never fails the request.
 *
 * @param to the address of the verified session or token, never one that a request claims
 */
export async function mailPasswordChanged(
	c: Context,
	email: EmailOption,
	to: string,
): Promise<void> {
	const sender = findSender(c, email);
	if (sender === undefined) return;
	await inBackground(c, () => mailNotice(c, sender, { kind: "passwordChanged", to }));
}

function contextOf({ appName, baseUrl }: ResolvedEmail, email: string): EmailContext {
	const { origin, host } = new URL(baseUrl);
	return { appName: appName ?? host, email, appUrl: origin };
}

async function post(
	c: Context,
	{ from, send }: EmailOptions,
	to: string,
	content: EmailContent,
): Promise<void> {
	await send({ from, to, ...content }, c.env);
}

/** Mails after the answer has been given; that it fails is one line in the log. */
export function inBackground(c: Context, run: () => Promise<void>): Promise<void> {
	return runInBackground(c, run, reportMailFailure);
}
