import { node } from "@tooling/vitest";

export default node();
