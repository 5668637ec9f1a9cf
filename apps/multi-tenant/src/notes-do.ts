import { defineCollections, UserDO } from "userdo";
import { contents } from "./note.js";

export const collections = defineCollections(contents);

/** One of these per user of each tenant. It knows nothing of tenants, and needs not to. */
export class NotesDO extends UserDO {
	notes = this.tables(collections).notes;
}
