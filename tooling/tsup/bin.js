#!/usr/bin/env node
// tsup, run with this package's TypeScript 6: see the `tsup` catalog in pnpm-workspace.yaml.
import { createRequire } from "node:module";

createRequire(import.meta.url)("tsup/dist/cli-default.js");
