/** What there is of an error of UserDO, on either side. */
interface Refusal {
	code: string;
	message: string;
	retryAfter?: number;
}

/** What to tell the person about an error. */
export function errorText({ code, message, retryAfter }: Refusal): string {
	if (code === "network_error") return "The server can't be reached. Please try again.";
	if (code === "invalid_input") return "Something in there is not right. Please look again.";
	if (retryAfter !== undefined) return `Too many tries. Please wait ${seconds(retryAfter)}.`;
	return message;
}

function seconds(count: number): string {
	if (count > 90) return `${Math.ceil(count / 60)} minutes`;
	return count === 1 ? "a second" : `${count} seconds`;
}
