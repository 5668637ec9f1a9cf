import { writeDocument } from "../harness/save.ts";
import { costsPage } from "./page.ts";

console.log(await writeDocument("costs.md", costsPage()));
