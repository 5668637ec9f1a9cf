import type { EmailMessage, EmailOptions, WorkerOptions } from "../src/index.js";
import { createApp, json, origin, password, send } from "./helpers.js";

/** A worker that keeps its mails for the test. */
export function createMailing(
	options: Partial<EmailOptions> = {},
	binding?: string,
	worker: WorkerOptions = {},
) {
	const mails: EmailMessage[] = [];
	const email: EmailOptions = {
		from: "app@example.com",
		baseUrl: origin,
		send: async (mail) => void mails.push(mail),
		...options,
	};
	const app = createApp({ ...worker, email }, binding);
	return {
		app,
		mails,
		/** The mails of that subject, the newest first. */
		about: (subject: RegExp) => mails.filter((mail) => subject.test(mail.subject)).reverse(),
		requestReset: (address: string) =>
			send(app, "/api/password-reset/request", json({ email: address })),
		confirmReset: (token: string, newPassword = "another horse battery") =>
			send(app, "/api/password-reset/confirm", json({ token, newPassword })),
		/** In a browser in which nobody is signed in. */
		confirmEmail: (token: string, secret?: string) =>
			send(app, "/api/email-verification/confirm", json({ token, password: secret ?? password })),
	};
}

export const reset = /new password/;
export const verify = /Confirm your email/;
export const changed = /was changed/;
export const taken = /already/;

/** The token in the link of a mail. */
export function tokenIn(mail: EmailMessage | undefined): string {
	const { hash, searchParams } = new URL(/https:\S+/.exec(mail?.text ?? "")?.[0] ?? "");
	return new URLSearchParams(hash.slice(1)).get("token") ?? searchParams.get("token") ?? "";
}
