import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { sign, verify } from "hono/jwt";
import { v7 } from "uuid";

interface Env {
	Bindings: { DB: D1Database; JWT_SECRET: string };
	Variables: { user: string };
}

interface Post {
	id: string;
	title: string;
	subtitle?: string;
	body: string;
	category: string;
	score: number;
	rating: number;
	published: boolean;
	publishedAt: string;
	author: object;
	tags: string[];
}

const schema = [
	"CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL)",
	"CREATE TABLE pairs (user TEXT, key TEXT, value TEXT, PRIMARY KEY (user, key))",
	`CREATE TABLE posts (id TEXT PRIMARY KEY, user TEXT, title TEXT, subtitle TEXT, body TEXT,
		category TEXT, score INTEGER, rating REAL, published INTEGER, publishedAt TEXT, author TEXT,
		tags TEXT, createdAt TEXT, updatedAt TEXT)`,
	"CREATE INDEX posts_category ON posts (user, category)",
	"CREATE INDEX posts_score ON posts (user, score)",
];

const insert = `INSERT INTO posts (id, user, title, subtitle, body, category, score, rating, published,
	publishedAt, author, tags, createdAt, updatedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function bindPost(db: D1Database, user: string, post: Omit<Post, "id">) {
	const row = { id: v7(), ...post, createdAt: new Date().toISOString() };
	const statement = db
		.prepare(insert)
		.bind(
			row.id,
			user,
			row.title,
			row.subtitle ?? null,
			row.body,
			row.category,
			row.score,
			row.rating,
			row.published ? 1 : 0,
			row.publishedAt,
			JSON.stringify(row.author),
			JSON.stringify(row.tags),
			row.createdAt,
			row.createdAt,
		);
	return { statement, row: { ...row, updatedAt: row.createdAt } };
}

/**
 * One database of all users, as most apps have it. A token that is signed is believed, and nobody
 * hears of a change.
 */
const app = new Hono<Env>();

app.post("/signup", async (c) => {
	await c.env.DB.batch(schema.map((text) => c.env.DB.prepare(text)));
	const { email } = await c.req.json();
	const id = crypto.randomUUID();
	const add = c.env.DB.prepare("INSERT INTO users VALUES (?, ?, ?)");
	await add.bind(id, email, new Date().toISOString()).run();
	const exp = Math.floor(Date.now() / 1000) + 24 * 60 * 60;
	return c.json({ token: await sign({ sub: id, exp }, c.env.JWT_SECRET, "HS256") });
});

app.use(async (c, next) => {
	const token = getCookie(c, "token") ?? "";
	const { sub } = await verify(token, c.env.JWT_SECRET, "HS256");
	c.set("user", String(sub));
	await next();
});

app.get("/api/me", async (c) => {
	const find = c.env.DB.prepare("SELECT id, email, created_at FROM users WHERE id = ?");
	return c.json({ user: await find.bind(c.get("user")).first() });
});

app.get("/data", async (c) => {
	const find = c.env.DB.prepare("SELECT value FROM pairs WHERE user = ? AND key = ?");
	const key = c.req.query("key") ?? "";
	const value = await find.bind(c.get("user"), key).first<string>("value");
	return c.json({ data: value === null ? {} : { [key]: JSON.parse(value) } });
});

app.post("/data", async (c) => {
	const { key, value } = await c.req.json();
	const set = c.env.DB.prepare("INSERT OR REPLACE INTO pairs VALUES (?, ?, ?)");
	await set.bind(c.get("user"), key, JSON.stringify(value)).run();
	return c.json({ ok: true });
});

app.get("/api/posts", async (c) => {
	const list = c.env.DB.prepare("SELECT * FROM posts WHERE user = ? ORDER BY score, id LIMIT 20");
	const { results } = await list.bind(c.get("user")).all();
	const items = results.map(({ user: _, author, tags, published, ...post }) => ({
		...post,
		published: published === 1,
		author: JSON.parse(String(author)),
		tags: JSON.parse(String(tags)),
	}));
	return c.json({ items });
});

app.post("/api/posts", async (c) => {
	const { statement, row } = bindPost(c.env.DB, c.get("user"), await c.req.json());
	await statement.run();
	return c.json(row);
});

app.post("/bench/posts", async (c) => {
	const { rows } = await c.req.json<{ rows: Post[] }>();
	const bound = rows.map((post) => bindPost(c.env.DB, c.get("user"), post).statement);
	await c.env.DB.batch(bound);
	return c.json({ ok: true });
});

app.get("/api/count", async (c) => {
	const count = c.env.DB.prepare("SELECT count(*) AS n FROM posts WHERE user = ? AND category = ?");
	const n = await count.bind(c.get("user"), c.req.query("category") ?? "").first("n");
	return c.json({ count: n });
});

export default app;
