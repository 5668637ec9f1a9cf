import { e2e } from "@tooling/vitest";

export default e2e();
