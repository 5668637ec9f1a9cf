import { fail } from "@userdo/effect";
import { Effect, Schema, SchemaIssue } from "effect";

// The texts of Schema quote what was sent, which must not come back in an error.
const format = SchemaIssue.makeFormatterStandardSchemaV1({
	leafHook: (issue) => (issue._tag === "MissingKey" ? "This is missing." : "This is not valid."),
	checkHook: (issue) => SchemaIssue.defaultCheckHook(issue) ?? "This is not valid.",
});

/** What the schema makes of the input, or the refusal that a form can show beside its fields. */
export function decode<S extends Schema.ConstraintDecoder<unknown>>(schema: S, input: unknown) {
	return Schema.decodeUnknownEffect(schema)(input, { errors: "all" }).pipe(
		Effect.catchTag("SchemaError", ({ issue }) => {
			const issues = format(issue).issues.map(({ path = [], message }) => ({
				path: path.map((key) => String(typeof key === "object" ? key.key : key)).join("."),
				message,
			}));
			return fail("invalid_input", { issues });
		}),
	);
}
