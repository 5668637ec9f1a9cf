import { isUserDOError } from "@userdo/contracts/errors";

declare const client: { login(email: string, password: string): Promise<unknown> };
declare const email: string;
declare const password: string;
declare function wait(seconds: number | undefined): void;

try {
	await client.login(email, password);
} catch (error) {
	if (isUserDOError(error, "rate_limited")) wait(error.retryAfter);
	else throw error;
}
