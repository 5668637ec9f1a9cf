import { isUserDOError, UserDOClient } from "@userdo/client";

declare const email: string;
declare const password: string;
declare function showWrongPassword(): void;

const client = new UserDOClient("/api");

try {
	await client.login(email, password, { timeout: 10_000 });
} catch (error) {
	if (isUserDOError(error, "invalid_credentials")) showWrongPassword();
	else throw error;
}
