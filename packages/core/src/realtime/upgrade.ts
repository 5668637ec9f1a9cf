import { subprotocol } from "@userdo/contracts/events";
import type { ChangePosition } from "@userdo/tables";
import { type Channels, readChannels } from "./channels.js";

interface Upgrade {
	/** Whether the client speaks the subprotocol; else it gets plain messages. */
	framed: boolean;
	/** What it wants to hear of; everything without it. */
	channels: Channels | undefined;
	/** The newest change that it has seen. */
	position: ChangePosition | undefined;
}

/**
 * What the request for a socket asks for.
 *
 * @throws UserDOError `invalid_input` for bad channels
 */
export function readUpgrade(request: Request): Upgrade {
	const query = new URL(request.url).searchParams;
	return {
		framed: offersSubprotocol(request),
		channels: readChannels(query),
		position: readPosition(query),
	};
}

function offersSubprotocol(request: Request): boolean {
	const offered = request.headers.get("sec-websocket-protocol") ?? "";
	return offered.split(",").some((protocol) => protocol.trim() === subprotocol);
}

/** `?since=<seq>.<timestamp>&epoch=<epoch>` */
function readPosition(query: URLSearchParams): ChangePosition | undefined {
	const [, seq, timestamp] = /^(\d{1,15})\.(\d{1,15})$/.exec(query.get("since") ?? "") ?? [];
	if (seq === undefined) return undefined;
	return { epoch: query.get("epoch") ?? "", seq: Number(seq), timestamp: Number(timestamp) };
}
