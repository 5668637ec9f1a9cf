import { library } from "@tooling/tsup";

export default library({ entry: ["src/server.ts", "src/client.ts"] });
