import { UserDOError } from "@userdo/client";
import { expect, it } from "vitest";
import { toFaults } from "../src/faults.js";

const refused = (...paths: string[]) =>
	new UserDOError("invalid_input", {
		status: 400,
		message: "Some of this is not right.",
		issues: paths.map((path) => ({ path, message: `${path} is wrong` })),
	});

it("finds the fields of a form in what the server names", () => {
	const { fields, text } = toFaults(refused("email", "operations.0.data.title"), [
		"title",
		"email",
	]);
	expect(fields).toEqual({ email: "email is wrong", title: "operations.0.data.title is wrong" });
	expect(text).toBeUndefined();
});

it("says what belongs to no field about the whole form", () => {
	expect(toFaults(refused("operations.0.data.status"), ["title"])).toEqual({
		fields: {},
		text: "Some of this is not right.",
	});
	const throttled = new UserDOError("rate_limited", { status: 429, retryAfter: 120 });
	expect(toFaults(throttled, ["email"]).text).toBe("Too many tries. Please wait 2 minutes.");
	expect(toFaults(new TypeError("x is undefined"), ["email"]).text).not.toContain("undefined");
});
