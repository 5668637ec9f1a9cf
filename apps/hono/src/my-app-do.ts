import { UserDO, type UserDOOptions } from "userdo";
import { commonPasswords } from "userdo/common-passwords";
import { collections, keys, type Theme } from "./collections.js";

/** As many as a live query of the page holds. */
const maxNotes = 1000;

/** One of these per user, with a database of its own: all notes in it are that user's. */
export class MyAppDO extends UserDO {
	static override options: UserDOOptions = {
		keys,
		passwordPolicy: { rejectCommon: commonPasswords },
	};

	posts = this.tables(collections).posts;

	/** All that the page of the notes shows, in one call: the newest first, or those with the words. */
	async getNotebook(words: string) {
		const found = words === "" ? this.posts : this.posts.search(words);
		const notes = await found.orderBy("createdAt", "desc").limit(maxNotes).get();
		return { notes, theme: await this.getTheme() };
	}

	/** The ids of the notes that have all of the words. */
	async findPosts(words: string): Promise<string[]> {
		const found = await this.posts.search(words).orderBy("createdAt", "desc").limit(maxNotes).get();
		return found.map(({ id }) => id);
	}

	async getNote(id: string) {
		return { note: await this.posts.findById(id), theme: await this.getTheme() };
	}

	async getTheme(): Promise<Theme> {
		// The option `keys` lets nothing else in.
		const preferences = (await this.get("preferences")) as { theme: Theme } | undefined;
		return preferences?.theme ?? "system";
	}
}
