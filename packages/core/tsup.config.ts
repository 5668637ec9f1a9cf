import { library } from "@tooling/tsup";

export default library({
	entry: ["src/index.ts", "src/identity.ts", "src/remote.ts", "src/auth/tokens.ts"],
});
