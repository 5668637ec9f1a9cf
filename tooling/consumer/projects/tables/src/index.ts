// The tests write the code of the package's README there.
import type { Blog } from "./blog";

export { Blog } from "./blog";

interface Env {
	BLOG: DurableObjectNamespace<Blog>;
}

export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		const blog = env.BLOG.getByName("main");
		const { pathname } = new URL(request.url);
		if (pathname === "/changes") return blog.changesAfter(0);
		if (request.method === "POST") {
			const { title, name } = await request.json<{ title: string; name: string }>();
			const { id } = await blog.write(title, name);
			return Response.json(await blog.publish(id));
		}
		return Response.json(await blog.newest());
	},
};
