import { type ErrorCode, errorCodes } from "../errors.js";
import type { JsonSchema } from "../json-schema.js";

/** The answers with which these codes come, by status. */
export function describeRefusals(
	codes: readonly ErrorCode[],
	error: JsonSchema,
): Record<string, object> {
	const statuses = new Set(codes.map((code) => errorCodes[code].status));
	const described = [...statuses].map((status) => {
		const found = codes.filter((code) => errorCodes[code].status === status);
		return [status, describeRefusal(status, found, error)];
	});
	return Object.fromEntries(described);
}

function describeRefusal(status: number, codes: readonly ErrorCode[], error: JsonSchema): object {
	const lines = codes.map((code) => `\`${code}\`: ${errorCodes[code].message}`);
	const code = codes.length === 1 ? { const: codes[0] } : { enum: codes };
	return {
		description: lines.join("\n\n"),
		...(status in headers && { headers: headers[status] }),
		content: {
			"application/json": {
				schema: {
					allOf: [error, { type: "object", properties: { code: { type: "string", ...code } } }],
				},
			},
		},
	};
}

const headers: Record<number, object> = {
	426: {
		Upgrade: { description: "`websocket`", schema: { type: "string", const: "websocket" } },
	},
	429: {
		"Retry-After": {
			description: "Seconds until another try makes sense.",
			required: true,
			schema: { type: "integer", minimum: 1 },
		},
	},
};
