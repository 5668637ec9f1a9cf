import { createConfig, lintFromString } from "@redocly/openapi-core";
import type { OpenApiDocument } from "../src/openapi.js";

const config = await createConfig({
	extends: ["recommended-strict"],
	rules: {
		// Only the developer knows the license, and what each part is about.
		"info-license": "off",
		"tag-description": "off",
		// A WebSocket's endpoint answers 101, and an endpoint of one's own may refuse nothing.
		"operation-2xx-response": "off",
		"operation-4xx-response": "off",
		// Taste, about which the random schemas of the property tests have none.
		"no-ambiguous-paths": "off",
		"no-illogical-composition-keywords": "off",
	},
});

/** What a validator of OpenAPI has against a document as it travels. */
export async function lint(document: OpenApiDocument): Promise<string[]> {
	const source = JSON.stringify(document);
	const problems = await lintFromString({ source, config });
	return problems.map(
		({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
	);
}
