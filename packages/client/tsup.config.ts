import { library } from "@tooling/tsup";

export default library({
	entry: ["src/endpoints.ts", "src/index.ts", "src/live.ts", "src/tokens.ts"],
});
