import type { User } from "@userdo/contracts";
import { isUserDOError, UserDOError } from "@userdo/contracts/errors";

/** What the developer's class does at the turns of an account's life. */
export interface Hooks {
	authorizeSignup(signup: { email: string }): boolean | Promise<boolean>;
	onSignup(user: User): void | Promise<void>;
	onLogin(user: User): void | Promise<void>;
	onPasswordChanged(user: User): void | Promise<void>;
	onDelete(user: User): void | Promise<void>;
}

/** Nobody but the object itself may call them, also where the developer's class made them public. */
export const hookNames: ReadonlySet<string> = new Set<keyof Hooks>([
	"authorizeSignup",
	"onSignup",
	"onLogin",
	"onPasswordChanged",
	"onDelete",
]);

/** @throws UserDOError `signup_not_allowed`, or the hook's own one */
export async function requireSignupAllowed(hooks: Hooks, email: string): Promise<void> {
	let allowed: boolean;
	try {
		allowed = await hooks.authorizeSignup({ email });
	} catch (cause) {
		if (isUserDOError(cause)) throw cause;
		throw new UserDOError("signup_not_allowed", { cause });
	}
	// Not only `false`: who was not let in expressly stays outside.
	if (allowed !== true) throw new UserDOError("signup_not_allowed");
}

/**
 * Runs a hook of what has happened already and can't be taken back: that it fails is told to the
 * operator, not to the user, who would take it for a failure of the whole.
 */
export async function runAfterwards(name: keyof Hooks, run: () => void | Promise<void>) {
	try {
		await run();
	} catch (error) {
		// Without its message, which may quote what is in the user's data.
		const { name: kind, message, stack = "" } = error instanceof Error ? error : new Error();
		const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
		const at = frames.filter((frame) => /^\s+at /.test(frame)).map((frame) => frame.trim());
		console.error(JSON.stringify({ message: `UserDO: ${name} failed`, error: kind, at }));
	}
}
