import { createUserDOWorker, rateLimit } from "@userdo/worker";

const app = createUserDOWorker("MY_APP_DO", {
	rateLimits: {
		login: { binding: "LOGIN_LIMIT", period: 60 },
		signup: { limit: 3, period: 3600 },
		refresh: false,
	},
});

app.post("/api/contact", rateLimit({ name: "contact", limit: 5, period: 60 }), async (c) => {
	return c.json({ ok: true });
});

export default app;
