import { library } from "@tooling/tsup";

// Apart: together, the bundler of the .d.ts files gives client.d.ts the server's imports. Neither
// may clean what the other one writes.
export default ["client", "server"].map((name) =>
	library({ entry: [`src/${name}.ts`], clean: false }),
);
