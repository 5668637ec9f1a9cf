#!/usr/bin/env node
// Gives `wrangler dev` its secrets: `dev-vars JWT_SECRET ADMIN_SECRET` in an app's folder writes
// each one that .dev.vars does not hold yet, and leaves what is there as it is.
import { randomBytes } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";

const file = ".dev.vars";
const names = process.argv.slice(2);
if (names.length === 0) {
	console.error("Usage: dev-vars NAME...");
	process.exit(1);
}
const secret = (name) => `${name}=${randomBytes(32).toString("base64url")}\n`;

/** The names that were written. */
function write() {
	const head = "# Made by `dev-vars` for this machine; git ignores this file.\n";
	try {
		// wx: fails where there is a file, also when two starts race.
		writeFileSync(file, head + names.map(secret).join(""), { flag: "wx", mode: 0o600 });
		return names;
	} catch (error) {
		if (error.code !== "EEXIST") throw error;
	}
	const text = readFileSync(file, "utf8");
	const missing = names.filter((name) => !new RegExp(`^\\s*${name}\\s*=`, "m").test(text));
	const gap = text === "" || text.endsWith("\n") ? "" : "\n";
	if (missing.length > 0) appendFileSync(file, gap + missing.map(secret).join(""));
	return missing;
}

const written = write();
if (written.length > 0) console.log(`Wrote a new random ${written.join(" and ")} into ${file}.`);
