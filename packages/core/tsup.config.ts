import { library } from "@tooling/tsup";

export default library({
	entry: [
		"src/index.ts",
		"src/identity.ts",
		"src/remote.ts",
		"src/auth/common-passwords.ts",
		"src/auth/scrypt.ts",
		"src/auth/tokens.ts",
	],
});
