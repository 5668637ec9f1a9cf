// Gives `wrangler dev` its secrets: writes .dev.vars on the first start, and never again.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";

const file = new URL("../.dev.vars", import.meta.url);
const text = `# Made by scripts/dev-vars.mjs for this machine; git ignores this file.
JWT_SECRET=${randomBytes(32).toString("base64url")}
`;

try {
	// wx: fails where there is a file, also when two starts race.
	writeFileSync(file, text, { flag: "wx", mode: 0o600 });
	console.log("Wrote .dev.vars with a new random JWT_SECRET.");
} catch (error) {
	if (error.code !== "EEXIST") throw error;
}
