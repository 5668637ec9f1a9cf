import type { Case } from "./data.ts";
import { readCases } from "./read-cases.ts";
import { writeCases } from "./write-cases.ts";

export const cases: Record<string, Case> = { ...readCases, ...writeCases };
