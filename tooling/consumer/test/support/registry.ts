import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { runServer } from "verdaccio";

export interface Registry extends AsyncDisposable {
	/** Ends in a slash. */
	url: string;
}

/**
 * Starts an npm registry that holds nothing yet and asks no other one, on loopback and a free port.
 * It keeps its files in the folder.
 */
export async function startRegistry(folder: string): Promise<Registry> {
	// npm's cache goes by address, and a port may come back: no run may get what another published.
	const prefix = `/${randomUUID()}/`;
	const verdaccio: Server = await runServer({
		configPath: join(folder, "config.yaml"),
		storage: join(folder, "storage"),
		// What addresses of tarballs begin with. Taking it off is a proxy's work.
		url_prefix: prefix,
		uplinks: {},
		packages: { "**": { access: ["$all"], publish: ["$all"] } },
		log: { type: "stdout", format: "pretty", level: "fatal" },
	});
	const server = createServer((request, response) => {
		if (request.url?.startsWith(prefix)) request.url = request.url.slice(prefix.length - 1);
		verdaccio.emit("request", request, response);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("No port is free");
	return {
		url: `http://127.0.0.1:${address.port}${prefix}`,
		async [Symbol.asyncDispose]() {
			server.close();
			server.closeAllConnections();
			await once(server, "close");
		},
	};
}
