import type { EmailMessage } from "./options.js";

/** A mail in the dev mailbox. */
export interface KeptMail extends EmailMessage {
	id: string;
	sentAt: string;
	/** The link with the token; null in a mail without one. */
	link: string | null;
}

const maxMails = 50;

/**
 * In the isolate's memory: development has one isolate, and what was mailed before a restart can be
 * mailed again. An object that kept it would offer everybody's tokens to each holder of the binding.
 */
const mailboxes = new Map<string | undefined, KeptMail[]>();

/** Keeps a mail instead of sending it, each tenant's apart; of fifty mails the oldest goes. */
export async function keepInMailbox(message: EmailMessage, tenant?: string): Promise<void> {
	const mails = mailboxes.get(tenant) ?? [];
	mailboxes.set(tenant, mails);
	const [link = null] = /https?:\/\/\S*token=\S*/.exec(message.text) ?? [];
	mails.unshift({ id: crypto.randomUUID(), sentAt: new Date().toISOString(), ...message, link });
	mails.length = Math.min(mails.length, maxMails);
}

/** The mails that are kept, the newest first. */
export function readMailbox(tenant?: string): readonly KeptMail[] {
	return mailboxes.get(tenant) ?? [];
}
