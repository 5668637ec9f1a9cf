import { expect, it } from "vitest";
import { newEmail, password, signUp, Visitor } from "../visitor.js";

it("two bindings of one class share their users: the same email is one account", async () => {
	const email = newEmail();
	const one = await signUp("one", email);
	await one.visitor.send("POST", "/api/notes", { body: { text: "Written at one" } });

	const body = { email, password };
	expect((await new Visitor("other").send("POST", "/api/signup", { body })).status).toBe(409);
	// The password of the one opens the other, and there lie the same notes.
	const other = new Visitor("other");
	const login = await other.send("POST", "/api/login", { body });
	const { user } = (await login.json()) as { user: { id: string } };
	expect([login.status, user.id]).toEqual([200, one.id]);
	expect(await other.notes()).toEqual(["Written at one"]);
	// Tokens alone are apart, by their audience.
	const stolen = new Visitor("other", one.visitor.cookies);
	expect((await stolen.send("GET", "/api/me")).status).toBe(401);
});

it("a class for each binding keeps them apart: the same email is two users", async () => {
	const email = newEmail();
	const acme = await signUp("acme", email);
	const beta = await signUp("beta", email);
	expect(acme.id).not.toBe(beta.id);
	await acme.visitor.send("POST", "/api/notes", { body: { text: "Of Acme" } });
	expect(await beta.visitor.notes()).toEqual([]);
	for (const path of ["/api/me", "/api/notes"]) {
		expect((await new Visitor("beta", acme.visitor.cookies).send("GET", path)).status).toBe(401);
		const headers = { authorization: `Bearer ${acme.token}` };
		expect((await new Visitor("beta").send("GET", path, { headers })).status).toBe(401);
		expect((await new Visitor("acme").send("GET", path, { headers })).status).toBe(200);
	}
});
