import { type ErrorIssue, isUserDOError, type UserDOError } from "@userdo/contracts/errors";
import type { Context } from "hono";

/** What this isolate has said already; the texts are few and fixed. */
const said = new Set<string>();

/** Tells the operator once per isolate what is missing. */
export function reportOnce(text: string): void {
	if (said.has(text)) return;
	said.add(text);
	console.error(`UserDO: ${text}`);
}

/** Tells once which variable is at fault, never its value. */
export function reportMisconfigured(error: UserDOError): void {
	const faults = error.issues?.map(tellIssue) ?? [error.message];
	reportOnce(`misconfigured. ${faults.join(" ")}`);
}

/** Where and what, once: many messages name the place themselves. */
function tellIssue({ path, message }: ErrorIssue): string {
	return message.startsWith(path) ? message : `${path}: ${message}`;
}

/**
 * One line of JSON for an error that nobody expected. Its message may quote what a person has sent,
 * so only development shows it; elsewhere there are its name, its stack frames and the route.
 */
export function reportError(c: Context, error: Error, requestId?: string): void {
	console.error(
		JSON.stringify({
			message: "UserDO: internal error",
			requestId,
			// Not by hono/route: that looks in vain where a bundler has made a second copy of Hono.
			route: `${c.req.method} ${c.req.routePath}`,
			error: error.name,
			at: readFrames(error),
			// They name places and what should stand there, never a value.
			...(isUserDOError(error, "internal_error") && { issues: error.issues }),
			...(isDevelopment(c.env) && { text: error.message }),
		}),
	);
}

/**
 * One line of JSON for a mail that did not leave. The senders of this package refuse with errors of
 * UserDO, whose texts name no address and no key; what another one says is kept back as ever.
 */
export function reportMailFailure(c: Context, error: unknown): void {
	if (!isUserDOError(error)) {
		reportError(c, error instanceof Error ? error : new Error("not an error"));
		return;
	}
	const message = "UserDO: a mail was not sent";
	const route = `${c.req.method} ${c.req.routePath}`;
	console.error(JSON.stringify({ message, route, reason: error.message }));
}

/** Whether `USERDO_DEV` is set, which only development scripts do. */
export function isDevelopment(env: unknown): boolean {
	const flag: unknown = Reflect.get(Object(env), "USERDO_DEV");
	return typeof flag === "string" && !["", "0", "false"].includes(flag);
}

/** The stack without its head, which repeats the message. */
function readFrames({ stack = "", message }: Error): string[] {
	const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
	return frames.filter((frame) => /^\s+at /.test(frame)).map((frame) => frame.trim());
}
