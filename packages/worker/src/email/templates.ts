import { type Letter, toHtml, toText } from "./layout.js";

/** What every mail knows. Put it into HTML escaped. */
export interface EmailContext {
	appName: string;
	/** The address that the mail goes to. */
	email: string;
	/** The app's own address. */
	appUrl: string;
}

/** What a mail with a link knows. */
export interface EmailLinkContext extends EmailContext {
	/** The page with the token in its fragment. Whoever has it can do what the mail says. */
	link: string;
	/** For how long the link works. */
	minutes: number;
}

/** What a mail says. */
export interface EmailContent {
	subject: string;
	text: string;
	html?: string;
}

/** The mails by name, each of which can be written anew. */
export interface EmailTemplates {
	/** Somebody asked to set a new password. */
	passwordReset?(context: EmailLinkContext): EmailContent | Promise<EmailContent>;
	/** Somebody signed up, or asked to confirm the address. */
	emailVerification?(context: EmailLinkContext): EmailContent | Promise<EmailContent>;
	/** The password was changed or reset. */
	passwordChanged?(context: EmailContext): EmailContent | Promise<EmailContent>;
	/** Somebody tried to sign up with the address of an account (with `requireVerifiedEmail`). */
	signupAttempt?(context: EmailContext): EmailContent | Promise<EmailContent>;
}

/** The mails as they are when the developer has not written them anew. */
export const defaultTemplates = {
	passwordReset: ({ appName, link, minutes }: EmailLinkContext) =>
		write(`Set a new password for ${appName}`, {
			appName,
			title: "Set a new password",
			paragraphs: [
				`Somebody, hopefully you, asked to set a new password for your account at ${appName}.`,
			],
			button: { label: "Set a new password", link },
			notes: [
				`The link works once, within ${tellTime(minutes)}.`,
				"If it was not you, there is nothing to do: your password stays as it is.",
			],
		}),
	emailVerification: ({ appName, email, link, minutes }: EmailLinkContext) =>
		write(`Confirm your email address for ${appName}`, {
			appName,
			title: "Confirm your email address",
			paragraphs: [
				`Welcome! Please confirm that ${email} is your address, and your account at ${appName} is all set.`,
			],
			button: { label: "Confirm address", link },
			notes: [
				`The link works once, within ${tellTime(minutes)}.`,
				"If you did not sign up, don't follow the link: without it nothing happens.",
			],
		}),
	passwordChanged: ({ appName, email, appUrl }: EmailContext) =>
		write(`Your password for ${appName} was changed`, {
			appName,
			title: "Your password was changed",
			paragraphs: [
				`The password of your account at ${appName} (${email}) was just changed, and your other devices were signed out.`,
				"If it was you, all is well.",
			],
			notes: [
				`If it was not you, ask for a new password right away, under “Forgot password” at ${appUrl}. That signs everybody else out.`,
			],
		}),
	signupAttempt: ({ appName, email, appUrl }: EmailContext) =>
		write(`You have an account at ${appName} already`, {
			appName,
			title: "You have an account already",
			paragraphs: [
				`Somebody, hopefully you, tried to sign up at ${appName} with ${email}. That address has an account already, so no new one was made.`,
				"Sign in with the password that you have. If you don't remember it, ask for a new one on the same page.",
			],
			button: { label: `Open ${appName}`, link: appUrl },
			notes: ["If it was not you, there is nothing to do: your account stays as it is."],
		}),
} satisfies Required<EmailTemplates>;

function write(subject: string, letter: Letter): EmailContent {
	return { subject, text: toText(letter), html: toHtml(letter) };
}

function tellTime(minutes: number): string {
	const hours = Math.round(minutes / 60);
	if (minutes < 90) return `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
	return `${hours} ${hours === 1 ? "hour" : "hours"}`;
}
