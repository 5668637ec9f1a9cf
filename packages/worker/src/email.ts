import { UserDOError } from "@userdo/contracts/errors";

/** A mail to one person. */
export interface EmailMessage {
	from: string;
	to: string;
	subject: string;
	text: string;
	html?: string;
}

/** How mail leaves. The library sends nothing by itself. */
export interface EmailOptions {
	/** The sender's address. */
	from: string;
	/**
	 * The page on which people set a new password, such as `https://app.example.com/reset`. The mail
	 * links to it with the token in the query: `?token=...`. That page hands the token to
	 * `POST /api/password-reset/confirm`, and should load nothing from other sites.
	 */
	baseUrl: string;
	/** Sends a mail; `env` is the Worker's environment. Runs after the answer has been given. */
	send(message: EmailMessage, env: unknown): Promise<void>;
}

/** @throws UserDOError `misconfigured` */
export function checkEmailOptions({ from, baseUrl, send }: EmailOptions): void {
	const isUrl = URL.canParse(baseUrl) && /^https?:$/.test(new URL(baseUrl).protocol);
	if (isUrl && from !== "" && typeof send === "function") return;
	throw new UserDOError("misconfigured", {
		message: "email takes { from, baseUrl, send }, where baseUrl is an absolute URL.",
	});
}

/** The mail that lets its reader set a new password. */
export function resetMessage(
	{ from, baseUrl }: Pick<EmailOptions, "from" | "baseUrl">,
	to: string,
	token: string,
): EmailMessage {
	const link = new URL(baseUrl);
	link.searchParams.set("token", token);
	return {
		from,
		to,
		subject: "Set a new password",
		text: [
			"Somebody, hopefully you, asked to set a new password for your account.",
			`Open this link to choose one. It works once:\n${link.href}`,
			"If it was not you, there is nothing to do: your password stays as it is.",
		].join("\n\n"),
	};
}
