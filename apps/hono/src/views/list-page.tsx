import type { SessionUser } from "userdo";
import type { Draft, Theme } from "../collections.js";
import type { FormErrors } from "../form-errors.js";
import { Notebook } from "./bar.js";
import { DraftForm } from "./draft.js";
import { NoteItem, type StoredNote } from "./note.js";

interface ListPageProps {
	user: SessionUser;
	theme: Theme;
	notes: StoredNote[];
	/** What is searched; empty where all are shown. */
	words: string;
	/** What could not be saved as a new note, and why. */
	draft?: Draft;
	errors?: FormErrors;
}

/** The list of notes with the form for a new one, and what the script needs to take both over. */
export function ListPage({ user, theme, notes, words, draft, errors }: ListPageProps) {
	const isEmpty = notes.length === 0;
	return (
		<Notebook user={user} theme={theme} path="/">
			<h1 id="notes-heading" class="visually-hidden" tabindex={-1}>
				Your notes
			</h1>
			<section id="composer" aria-label="New note">
				<DraftForm
					action="/notes"
					submit="Add note"
					form="new"
					{...(draft && { draft })}
					{...(errors && { errors })}
				/>
			</section>
			<section aria-labelledby="notes-heading">
				<search hidden={isEmpty && words === ""}>
					<form id="search" class="search" method="get" action="/">
						<label>
							<span class="visually-hidden">Search your notes</span>
							<input
								class="input"
								name="q"
								type="search"
								placeholder="Search your notes"
								value={words}
								autocomplete="off"
							/>
						</label>
						<button class="button" type="submit">
							Search
						</button>
						{words !== "" && (
							<a class="button" href="/" data-show-all>
								Show all
							</a>
						)}
					</form>
				</search>
				<p id="failed" class="alert" role="alert" hidden>
					This list may be old: it could not be loaded anew. The next try comes by itself.
				</p>
				<div id="none-found" class="empty" hidden={!isEmpty || words === ""}>
					<h2>Nothing found</h2>
					<p>No note has all of these words.</p>
				</div>
				<div id="empty" class="empty" hidden={!isEmpty || words !== ""}>
					<svg viewBox="0 0 120 96" aria-hidden="true">
						<rect x="14" y="22" width="58" height="62" rx="8" />
						<path d="M26 42h34M26 54h34M26 66h20" />
						<rect class="live" x="50" y="10" width="58" height="62" rx="8" />
						<path class="live" d="M62 30h34M62 42h34M62 54h20" />
					</svg>
					<h2>No notes yet</h2>
					<p>
						Write your first one above. Then open this page in a second window: what you do in one
						shows up in the other.
					</p>
				</div>
				<ol id="notes" class="notes">
					{notes.map((note) => (
						<NoteItem note={note} />
					))}
				</ol>
			</section>
			<dialog id="confirm" aria-labelledby="confirm-heading" aria-describedby="confirm-text">
				<h2 id="confirm-heading">Delete this note?</h2>
				<p id="confirm-text"></p>
				<div class="actions">
					<button id="confirm-cancel" class="button" type="button">
						Keep it
					</button>
					<button id="confirm-delete" class="button danger" type="button">
						Delete
					</button>
				</div>
			</dialog>
			<template id="draft-template">
				<DraftForm action="" submit="Save" form="edit" />
			</template>
			<template id="note-template">
				<NoteItem />
			</template>
		</Notebook>
	);
}
