import type { SessionUser } from "userdo";
import type { Draft, Theme } from "../collections.js";
import type { FormErrors } from "../form-errors.js";
import { Notebook } from "./bar.js";
import { DraftForm } from "./draft.js";

export interface EditPageProps {
	user: SessionUser;
	theme: Theme;
	action: string;
	draft: Draft;
	/** When the note was last changed, as the form knows it. */
	version: string;
	errors?: FormErrors;
	/** The text that somebody has saved meanwhile. */
	newer?: Draft;
}

/** Where a note is edited without script. */
export function EditPage({ user, theme, action, draft, version, errors, newer }: EditPageProps) {
	return (
		<Notebook user={user} theme={theme} path="/">
			<h1 class="page-heading">Edit the note</h1>
			<DraftForm
				action={action}
				submit="Save"
				form="edit"
				cancel="/"
				draft={draft}
				version={version}
				{...(errors && { errors })}
				conflict={
					newer && "This note was changed in another window. Saving replaces the text below."
				}
			/>
			{newer && (
				<article class="card newer" aria-label="The text of the other window">
					<h2 class="note-title">{newer.title}</h2>
					<p class="note-content">{newer.content}</p>
				</article>
			)}
		</Notebook>
	);
}
