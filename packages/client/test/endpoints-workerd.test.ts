import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { createEndpointClient } from "../src/endpoints.js";
import { UserDOClient } from "../src/index.js";
import { withTokens } from "../src/tokens.js";
import type { ShopEndpoints } from "./shop-endpoints.js";
import { newEmail, Pages, signIn } from "./support/browser.js";
import { TestWorker } from "./support/worker.js";

let worker: TestWorker;
let pages: Pages;

beforeAll(async () => {
	worker = await TestWorker.start();
	pages = await Pages.launch(worker.origin);
});

afterEach(() => pages.reset());

afterAll(async () => {
	await pages?.close();
	await worker?.stop();
});

test("a page calls endpoints of one's own as the user who is signed in", async () => {
	const page = await pages.open();
	const email = await signIn(page);
	const found = await page.evaluate(async () => {
		const api = UserDO.createEndpointClient<ShopEndpoints>("/v1");
		const [code, path] = await api("POST /orders", { body: { pieces: 0 } }).then(
			() => [],
			({ code, issues }) => [code, issues[0].path],
		);
		const file = await api("GET /orders.csv");
		return {
			read: await api("GET /orders/:id", { params: { id: "ä/7" }, query: { note: "?&=" } }),
			made: await api.answer("POST /orders", { body: { pieces: 2 } }),
			waits: await api.answer("POST /orders", { body: { pieces: 100 } }),
			open: await api("PUT /open", { body: false }),
			gone: await api("DELETE /orders/:id", { params: { id: "7" } }),
			file: [file instanceof Response, await file.text()],
			refused: [code, path],
		};
	});
	expect(found).toEqual({
		read: { order: { id: "ä/7", pieces: 1 }, note: "?&=", buyer: email },
		made: { status: 201, body: { order: { id: "new", pieces: 2 } } },
		waits: { status: 202, body: { waits: true } },
		open: false,
		gone: undefined,
		file: [true, "id,pieces\n1,1\n"],
		refused: ["invalid_input", "pieces"],
	});
});

test("a program without cookies does so with its tokens, which are renewed on the way", async () => {
	let text: string | null = null;
	const options = withTokens({
		get: () => text,
		set: (next) => {
			text = next;
		},
	});
	const client = new UserDOClient(`${worker.origin}/api`, options);
	onTestFinished(() => client.close());
	const email = newEmail();
	await client.signup(email, "correct horse");
	const api = createEndpointClient<ShopEndpoints>(`${worker.origin}/v1`, { ...options, client });
	const read = () => api("GET /orders/:id", { params: { id: "7" } });
	expect(await read()).toMatchObject({ buyer: email });
	const { refreshToken } = JSON.parse(text ?? "");
	text = JSON.stringify({ token: "expired", refreshToken });
	expect(await Promise.all([read(), read()])).toMatchObject([{ buyer: email }, { buyer: email }]);
	await client.logout();
	await expect(read()).rejects.toMatchObject({ code: "unauthorized", status: 401 });
});
