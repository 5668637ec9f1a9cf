import { Time } from "./time.js";

/** A note as the object gives it. */
export interface StoredNote {
	id: string;
	title: string;
	content: string;
	createdAt: Date;
	updatedAt: Date;
}

/** A new row's two times are taken one after the other, so they may differ a little. */
const isEdited = ({ createdAt, updatedAt }: StoredNote) =>
	updatedAt.getTime() - createdAt.getTime() > 1000;

/** A note of the list; without one, what the script copies for a new note. */
export function NoteItem({ note }: { note?: StoredNote }) {
	return (
		<li class="note" id={note && `note-${note.id}`} data-id={note?.id}>
			<article class="card">
				<h2 class="note-title" data-title>
					{note?.title ?? "Untitled"}
				</h2>
				<p class="note-content" data-content hidden={note?.content === ""}>
					{note?.content}
				</p>
				<footer>
					<p class="note-meta">
						<Time at={note?.createdAt} />
						<span data-edited hidden={!note || !isEdited(note)}>
							{" "}
							· edited
						</span>
						<span data-saving hidden>
							{" "}
							· saving…
						</span>
					</p>
					<div class="note-actions">
						<a
							class="quiet"
							href={note && `/notes/${note.id}`}
							aria-label={`Edit ${note?.title}`}
							data-edit
						>
							Edit
						</a>
						<a
							class="quiet"
							href={note && `/notes/${note.id}/delete`}
							aria-label={`Delete ${note?.title}`}
							data-delete
						>
							Delete
						</a>
					</div>
				</footer>
			</article>
		</li>
	);
}
