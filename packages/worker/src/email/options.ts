import { UserDOError } from "@userdo/contracts/errors";
import type { EmailTemplates } from "./templates.js";

/** A mail to one person. */
export interface EmailMessage {
	/** `hello@example.com` or `Example <hello@example.com>`. */
	from: string;
	to: string;
	subject: string;
	text: string;
	html?: string;
}

/** Sends a mail; `env` is the Worker's environment. Runs after the answer has been given. */
export type SendEmail = (message: EmailMessage, env: unknown) => Promise<void>;

/** Where the links in mails lead. */
export interface EmailPages {
	/** Where people set a new password; `/reset`. */
	reset?: string;
	/** Where people confirm their address; `/verify`. */
	verify?: string;
}

/** How mail leaves. The library sends nothing by itself. */
export interface EmailOptions {
	/** The sender: `hello@example.com` or `Example <hello@example.com>`. */
	from: string;
	/**
	 * The address of your app, such as `https://app.example.com`. With a path it is itself the page
	 * on which people set a new password, such as `https://app.example.com/reset`.
	 */
	baseUrl: string;
	/**
	 * The pages that links lead to, relative to `baseUrl`. The token stands in the fragment,
	 * `#token=...`, which browsers send to no server: it is in no log and no `Referer`. A page's script
	 * reads it and posts it to `/api/password-reset/confirm` or `/api/email-verification/confirm`.
	 */
	pages?: EmailPages;
	/** What mails call your app; the host of `baseUrl`. */
	appName?: string;
	/** How a mail leaves: {@link cloudflareEmail}, {@link resend}, or a function of your own. */
	send(message: EmailMessage, env: unknown): Promise<void>;
	/** Texts of your own, instead of those that come with this package. */
	templates?: EmailTemplates;
}

/** @throws UserDOError `misconfigured` */
export function checkEmailOptions({ from, baseUrl, pages = {}, send }: EmailOptions): void {
	const isUrl = URL.canParse(baseUrl) && isWeb(new URL(baseUrl));
	const leadsSomewhere = isUrl && Object.values(pages).every((page) => isPage(page, baseUrl));
	if (leadsSomewhere && from !== "" && typeof send === "function") return;
	throw new UserDOError("misconfigured", {
		message:
			"email takes { from, baseUrl, send }, where baseUrl is an absolute URL and pages are relative to it.",
	});
}

function isPage(page: string | undefined, baseUrl: string): boolean {
	return page === undefined || (URL.canParse(page, baseUrl) && isWeb(new URL(page, baseUrl)));
}

function isWeb({ protocol }: URL): boolean {
	return protocol === "https:" || protocol === "http:";
}

/** The page's address with the token in its fragment. */
export function linkTo(
	page: keyof EmailPages,
	{ baseUrl, pages = {} }: Pick<EmailOptions, "baseUrl" | "pages">,
	token: string,
): string {
	const base = new URL(baseUrl);
	const ownPage = page === "reset" && base.pathname !== "/" ? base.href : `/${page}`;
	const link = new URL(pages[page] ?? ownPage, base);
	link.hash = `token=${token}`;
	return link.href;
}
