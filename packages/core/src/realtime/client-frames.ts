import { UserDOError } from "@userdo/contracts/errors";
import { addChannels, type Channels, removeChannels } from "./channels.js";

/**
 * What a socket hears of after a message of its client; undefined stands for everything.
 *
 * @throws UserDOError `invalid_input` for what is no frame of a client
 */
export function obey(message: string, before: Channels | undefined): Channels | undefined {
	const { type, channels } = parse(message);
	if (type === "subscribe") return addChannels(before, channels);
	if (type === "unsubscribe") return removeChannels(before, channels);
	throw notUnderstood();
}

function parse(message: string): { type?: unknown; channels?: unknown } {
	try {
		return Object(JSON.parse(message));
	} catch {
		throw notUnderstood();
	}
}

function notUnderstood(): UserDOError {
	return new UserDOError("invalid_input", { message: "This message is not understood." });
}
