// For `node --import`: servers that name no host listen on this machine alone. Alchemy's local mode
// would let the whole network in.
import { Server } from "node:net";

const { listen } = Server.prototype;

Server.prototype.listen = function (...args) {
	const [first, second] = args;
	if (typeof first === "object" && first !== null && first.path === undefined) {
		args[0] = { host: "127.0.0.1", ...first };
	} else if (typeof first !== "object" && typeof second !== "string" && !isPath(first)) {
		args.splice(1, 0, "127.0.0.1");
	}
	return listen.apply(this, args);
};

function isPath(value) {
	return typeof value === "string" && Number.isNaN(Number(value));
}
