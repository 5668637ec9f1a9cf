import { isUserDOError } from "userdo/client";
import { errorText as textOf } from "../error-text.js";

/** What to tell the person about whatever was thrown. */
export function errorText(error: unknown): string {
	return isUserDOError(error) ? textOf(error) : "Something went wrong. Please try again.";
}
