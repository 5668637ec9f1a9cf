import { library } from "@tooling/tsup";

// Apart: together, the bundler of the .d.ts files gives client.d.ts the server's imports. None
// may clean what the others write.
export default [
	"client",
	"common-passwords",
	"docs-viewer",
	"drizzle",
	"endpoints",
	"live",
	"scrypt",
	"server",
	"tokens",
].map((name) => library({ entry: [`src/${name}.ts`], clean: false }));
