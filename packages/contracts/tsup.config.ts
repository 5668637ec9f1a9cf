import { library } from "@tooling/tsup";

export default library({ entry: ["src/**/*.ts"], bundle: false });
