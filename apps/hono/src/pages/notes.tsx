import { type Context, Hono } from "hono";
import { isUserDOError, limits, type UserDOEnv, UserDOError, validate } from "userdo";
import * as z from "zod";
import { collections, type Draft, ThemeSchema } from "../collections.js";
import { type FormErrors, toDraftErrors } from "../form-errors.js";
import { notebookOf, userOf } from "../notebook.js";
import { Door } from "../views/door.js";
import { EditPage, type EditPageProps } from "../views/edit-page.js";
import { ListPage } from "../views/list-page.js";
import { renderPage } from "../views/render.js";
import { onPageError } from "./page-error.js";

const { schema } = collections.posts;

const PreferencesSchema = z.object({ theme: ThemeSchema, back: z.enum(["/", "/account"]) });

const VersionSchema = z.object({ version: z.iso.datetime() });

/** The list of notes, and forms that write to it where there is no script. */
export const notesPages = new Hono<UserDOEnv>().onError(onPageError);

for (const path of ["/notes", "/notes/*", "/preferences"]) {
	notesPages.use(path, limits({ maxBytes: 64 * 1024 }));
}

notesPages.get("/", (c) => showNotes(c));

notesPages.post("/notes", async (c) => {
	const draft = await readDraft(c);
	const refused = await refusal(() => notebookOf(c).posts.create(validate(schema, draft)));
	return refused ? showNotes(c, { draft, ...refused }) : c.redirect("/", 303);
});

notesPages.get("/notes/:id", async (c) => {
	const { note, theme } = await notebookOf(c).getNote(c.req.param("id"));
	if (note === undefined) throw new UserDOError("not_found");
	return showEdit(c, { theme, draft: note, version: note.updatedAt.toISOString() });
});

notesPages.post("/notes/:id", async (c) => {
	const notebook = notebookOf(c);
	const id = c.req.param("id");
	const draft = await readDraft(c);
	// Only if nobody has changed it since the form was made.
	const { version } = validate(VersionSchema, await c.req.parseBody());
	const options = { ifUpdatedAt: new Date(version) };
	const refused = await refusal(() => notebook.posts.update(id, validate(schema, draft), options));
	if (refused === undefined) return c.redirect(`/#note-${encodeURIComponent(id)}`, 303);
	const { note, theme } = await notebook.getNote(id);
	if (note === undefined) throw new UserDOError("not_found");
	if (refused.status !== 409) return showEdit(c, { theme, draft, version, ...refused });
	return showEdit(c, {
		theme,
		draft,
		// To save once more is to replace that text.
		version: note.updatedAt.toISOString(),
		status: 409,
		newer: note,
	});
});

notesPages.get("/notes/:id/delete", async (c) => {
	const id = c.req.param("id");
	const { note, theme } = await notebookOf(c).getNote(id);
	if (note === undefined) throw new UserDOError("not_found");
	const body = (
		<Door title="Delete this note?" lede={`“${note.title}” goes away in every window.`}>
			<form class="credentials" method="post" action={`/notes/${id}/delete`}>
				<div class="actions">
					<a class="button" href="/">
						Keep it
					</a>
					<button class="button danger" type="submit">
						Delete
					</button>
				</div>
			</form>
		</Door>
	);
	return renderPage(c, { title: "Delete this note?", theme }, body);
});

notesPages.post("/notes/:id/delete", async (c) => {
	// Gone already is what was wanted.
	await notebookOf(c).posts.delete(c.req.param("id"));
	return c.redirect("/", 303);
});

notesPages.post("/preferences", async (c) => {
	const { theme, back } = validate(PreferencesSchema, await c.req.parseBody());
	await notebookOf(c).set("preferences", { theme });
	return c.redirect(back, 303);
});

interface Refusal {
	errors: FormErrors;
	status: 400 | 409;
}

async function showNotes(c: Context<UserDOEnv>, refused?: Refusal & { draft: Draft }) {
	const words = (c.req.query("q") ?? "").trim();
	const { notes, theme } = await notebookOf(c).getNotebook(words);
	const body = <ListPage user={userOf(c)} theme={theme} notes={notes} words={words} {...refused} />;
	const status = refused?.status ?? 200;
	return renderPage(c, { title: "Your notes", theme, script: "/app.js", status }, body);
}

interface Edit extends Omit<EditPageProps, "user" | "action"> {
	status?: 200 | 400 | 409;
}

function showEdit(c: Context<UserDOEnv>, { status = 200, ...edit }: Edit) {
	const body = <EditPage user={userOf(c)} action={`/notes/${c.req.param("id")}`} {...edit} />;
	return renderPage(c, { title: "Edit the note", theme: edit.theme, status }, body);
}

async function readDraft(c: Context): Promise<Draft> {
	const { title, content } = await c.req.parseBody();
	// Forms send a line break as two characters.
	const text = typeof content === "string" ? content.replaceAll("\r\n", "\n") : "";
	return { title: typeof title === "string" ? title : "", content: text };
}

/** What to show again, with the text that the person has written, where it can't be saved. */
async function refusal(save: () => Promise<unknown>): Promise<Refusal | undefined> {
	try {
		await save();
		return undefined;
	} catch (error) {
		if (isUserDOError(error, "conflict")) return { errors: { fields: {} }, status: 409 };
		if (!isUserDOError(error, "invalid_input")) throw error;
		return { errors: toDraftErrors(error), status: 400 };
	}
}
