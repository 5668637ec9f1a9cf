import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { describe, expect, it } from "vitest";
import { securityHeaders } from "../security-headers.js";

const root = fileURLToPath(new URL("..", import.meta.url));

describe("the built page", () => {
	it("holds nothing of the API's schemas, and allows its scripts just the API", async () => {
		const built = (await build({
			root,
			logLevel: "warn",
			build: { write: false },
		})) as Rolldown.RolldownOutput;
		const texts = built.output.map((file) =>
			file.type === "chunk" ? file.code : String(file.source),
		);
		const scripts = built.output.flatMap((file) => (file.type === "chunk" ? [file.code] : []));
		expect(scripts.join("")).toContain("/api");
		// Zod, its schemas, and the words that only the contract has.
		for (const forbidden of ["ZodError", "safeParse", "Give the task a title", "defineCollections"])
			expect(
				scripts.some((code) => code.includes(forbidden)),
				forbidden,
			).toBe(false);
		const headers = texts.find((text) => text.startsWith("/*\n  Content-Security-Policy"));
		expect(headers).toContain("connect-src http://localhost:8791 ws://localhost:8791;");
		expect(headers).not.toContain("unsafe");
	});

	it("needs to know where the API is", () => {
		expect(securityHeaders("https://api.example.com/api")["Content-Security-Policy"]).toContain(
			"connect-src https://api.example.com wss://api.example.com;",
		);
		for (const wrong of [undefined, "", "/api", "api.example.com/api", "ftp://example.com"])
			expect(() => securityHeaders(wrong)).toThrow("VITE_API_URL");
	});
});
