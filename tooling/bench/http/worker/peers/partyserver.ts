import { getServerByName, Server } from "partyserver";

/** A room that tells everybody what it is told. It asks nobody who they are. */
export class Party extends Server {
	static override options = { hibernate: true };

	override async onRequest(request: Request): Promise<Response> {
		this.broadcast(JSON.stringify(await request.json()));
		return Response.json({ ok: true });
	}
}

export default {
	async fetch(request: Request, { PARTY }: { PARTY: DurableObjectNamespace<Party> }) {
		return (await getServerByName(PARTY, "room")).fetch(request);
	},
};
