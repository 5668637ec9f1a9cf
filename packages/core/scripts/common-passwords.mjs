// Writes src/auth/common-password-list.ts and the licence of its source:
// `node scripts/common-passwords.mjs`.
import { readFileSync, writeFileSync } from "node:fs";
import { dictionary } from "@zxcvbn-ts/language-common";

const count = 4000;
/** Shorter ones no account can have. */
const minLength = 8;

// Ranked: the most common first.
const long = dictionary["passwords-common"].filter(({ length }) => length >= minLength);
const sorted = long.slice(0, count).sort();
if (sorted.length < count || sorted.some((password) => !/^[!-~]+$/.test(password))) {
	throw new Error("The dictionary is another than it was.");
}

// Front coding halves it: how many characters a password shares with the one before it (a digit of
// base 36), then the rest.
const coded = sorted.map((password, index) => {
	const before = sorted[index - 1] ?? "";
	let shared = 0;
	while (shared < 35 && shared < password.length && password[shared] === before[shared])
		shared += 1;
	return shared.toString(36) + password.slice(shared);
});

writeFileSync(
	new URL("../src/auth/common-password-list.ts", import.meta.url),
	`/*! Common passwords: from @zxcvbn-ts/language-common, MIT, see THIRD-PARTY-LICENSES of @userdo/core */
// Written by scripts/common-passwords.mjs: the ${count} most common ones of at least ${minLength} characters, sorted
// and front-coded.
export const commonPasswordList =
	${JSON.stringify(coded.join(" "))};
`,
);

const folder = new URL("..", import.meta.resolve("@zxcvbn-ts/language-common"));
writeFileSync(
	new URL("../THIRD-PARTY-LICENSES", import.meta.url),
	`The list of common passwords is taken from @zxcvbn-ts/language-common.

${readFileSync(new URL("LICENSE.txt", folder), "utf8").trimEnd()}
`,
);
