import { Pool } from "undici";

export interface HttpRequest {
	method: "GET" | "POST";
	path: string;
	headers?: Record<string, string>;
	body?: unknown;
}

export interface HttpAnswer {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	text: string;
}

/** Connections to one server that are kept, each with one request at a time. */
export class Client {
	readonly #pool: Pool;

	constructor(url: string, concurrency: number) {
		this.#pool = new Pool(url, { connections: concurrency, pipelining: 1 });
	}

	async send({ method, path, headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
		const answer = await this.#pool.request({
			method,
			path,
			headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
			body: body === undefined ? null : JSON.stringify(body),
		});
		return {
			status: answer.statusCode,
			headers: answer.headers,
			text: await answer.body.text(),
		};
	}

	/** @throws Error for an answer that is no success: nobody should be fast at refusing */
	async succeed(request: HttpRequest): Promise<HttpAnswer> {
		const answer = await this.send(request);
		if (answer.status === 200) return answer;
		const { method, path } = request;
		throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.text}`);
	}

	async close(): Promise<void> {
		await this.#pool.close();
	}
}
