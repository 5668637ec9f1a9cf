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

/** What mails say and where their links lead. By itself it is for the mails of development. */
export interface EmailLinkOptions {
	/** The pages that links lead to, relative to `baseUrl`. */
	pages?: EmailPages;
	/**
	 * Where in a link the token stands. In the `fragment`, `#token=...`, which is so unless said
	 * otherwise: browsers send that to no server, so it is in no log and no `Referer`, and it takes a
	 * script to read it. In the `query`, `?token=...`, for pages that work without script: then it is
	 * in the log of whoever logs addresses, so the page posts it and must not keep it in its address.
	 */
	tokenIn?: "fragment" | "query";
	/** What mails call your app; the host of `baseUrl`. */
	appName?: string;
	/** Texts of your own, instead of those that come with this package. */
	templates?: EmailTemplates;
}

/** How mail leaves. The library sends nothing by itself. */
export interface EmailOptions extends EmailLinkOptions {
	/** The sender: `hello@example.com` or `Example <hello@example.com>`. */
	from: string;
	/**
	 * The address of your app, such as `https://app.example.com`. With a path it is itself the page
	 * on which people set a new password, such as `https://app.example.com/reset`. Tenants that have
	 * addresses of their own take a function of the tenant's name.
	 */
	baseUrl: string | ((tenant: string) => string | Promise<string>);
	/** How a mail leaves: {@link cloudflareEmail}, {@link resend}, or a function of your own. */
	send(message: EmailMessage, env: unknown): Promise<void>;
}

/** How mails of one request leave. */
export interface ResolvedEmail extends EmailOptions {
	baseUrl: string;
}

/** What the addresses of links are made of. */
type Links = Pick<ResolvedEmail, "baseUrl" | "pages" | "tokenIn">;

/** @throws UserDOError `misconfigured` */
export function checkEmailOptions(email: EmailOptions | EmailLinkOptions): void {
	// What a sender needs comes together; without any of it, these are for the mails of development.
	if (!hasSender(email)) return void checkLinks({ ...email, baseUrl: "https://app.invalid" });
	// A function's addresses are checked when there is a tenant to ask it for.
	const { baseUrl } = email;
	checkResolved({
		...email,
		baseUrl: typeof baseUrl === "function" ? "https://app.invalid" : baseUrl,
	});
}

function hasSender(email: EmailOptions | EmailLinkOptions): email is EmailOptions {
	return ["from", "baseUrl", "send"].some((name) => name in email);
}

/**
 * The address for that tenant's mails. It comes from your function and the tenant's name, never from
 * the host that a request names.
 *
 * @throws UserDOError `misconfigured`
 */
export async function resolveEmail(
	email: EmailOptions,
	tenant: string | undefined,
): Promise<ResolvedEmail> {
	const { baseUrl } = email;
	if (typeof baseUrl === "string") return { ...email, baseUrl };
	if (tenant === undefined) {
		throw new UserDOError("misconfigured", {
			message: "email.baseUrl is a function of the tenant, so it needs the option tenant.",
		});
	}
	return checkResolved({ ...email, baseUrl: await baseUrl(tenant) });
}

function checkResolved(email: ResolvedEmail): ResolvedEmail {
	if (email.from === "" || email.from === undefined || typeof email.send !== "function")
		throw misfit();
	checkLinks(email);
	return email;
}

function checkLinks({ baseUrl, pages = {}, tokenIn = "fragment" }: Links): void {
	const isUrl = URL.canParse(baseUrl) && isWeb(new URL(baseUrl));
	const leadsSomewhere = isUrl && Object.values(pages).every((page) => isPage(page, baseUrl));
	if (!leadsSomewhere || !["fragment", "query"].includes(tokenIn)) throw misfit();
}

function misfit(): UserDOError {
	return new UserDOError("misconfigured", {
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

/** The page's address with the token. */
export function linkTo(
	page: keyof EmailPages,
	{ baseUrl, pages = {}, tokenIn }: Links,
	token: string,
): string {
	const base = new URL(baseUrl);
	const ownPage = page === "reset" && base.pathname !== "/" ? base.href : `/${page}`;
	const link = new URL(pages[page] ?? ownPage, base);
	if (tokenIn === "query") link.searchParams.set("token", token);
	else link.hash = `token=${token}`;
	return link.href;
}
