import { Agent, getAgentByName } from "agents";

interface Env {
	ROOM: DurableObjectNamespace<Room>;
}

interface State {
	mark: number;
}

/** Keeps a state, of which all sockets are told. It asks nobody who they are. */
export class Room extends Agent<Env, State> {
	static override options = { sendIdentityOnConnect: false };
	override initialState: State = { mark: -2 };

	override async onRequest(request: Request): Promise<Response> {
		const body = await request.json<State>();
		if (new URL(request.url).pathname === "/state") this.setState(body);
		else this.broadcast(JSON.stringify(body));
		return Response.json({ ok: true });
	}
}

export default {
	async fetch(request: Request, { ROOM }: Env) {
		return (await getAgentByName(ROOM, "room")).fetch(request);
	},
};
