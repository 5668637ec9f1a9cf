import type { Draft } from "../collections.js";
import type { FormErrors } from "../form-errors.js";

interface DraftProps {
	action: string;
	submit: string;
	draft?: Draft;
	errors?: FormErrors;
	/** The version that is edited: when it was last changed. */
	version?: string;
	/** What happened to the note while it was edited. */
	conflict?: string | undefined;
	/** Where to go instead; of an edit. */
	cancel?: string;
	/** Ids are the page's. */
	form: string;
}

/** The form in which a note is written, for a new one and for an edit. */
export function DraftForm({
	action,
	submit,
	draft,
	errors = { fields: {} },
	version,
	conflict,
	cancel,
	form,
}: DraftProps) {
	const invalid = (name: string) => (errors.fields[name] === undefined ? undefined : "true");
	return (
		<form class="card draft" method="post" action={action}>
			{version && <input type="hidden" name="version" value={version} />}
			<div class="conflict" data-conflict hidden={conflict === undefined}>
				<p data-conflict-text role="status">
					{conflict}
				</p>
				<button class="link" type="button" data-take hidden>
					Show the new text
				</button>
			</div>
			<div class="alert" data-alert role="alert">
				{errors.alert}
			</div>
			<div class="field">
				<label>
					<span class="visually-hidden">Title</span>
					<input
						class="draft-title"
						name="title"
						type="text"
						autocomplete="off"
						placeholder="Title"
						required
						maxlength={120}
						value={draft?.title}
						autofocus={cancel !== undefined || invalid("title") !== undefined}
						aria-invalid={invalid("title")}
						aria-describedby={`${form}-title-error`}
					/>
				</label>
				<p id={`${form}-title-error`} class="field-error" data-error-of="title">
					{errors.fields.title}
				</p>
			</div>
			<div class="field">
				<label>
					<span class="visually-hidden">Text</span>
					{/* A first line break in a textarea is not part of its text, unless there is one more. */}
					<textarea
						class="draft-content"
						name="content"
						rows={3}
						placeholder="What is on your mind?"
						aria-invalid={invalid("content")}
						aria-describedby={`${form}-content-error`}
					>
						{draft && `\n${draft.content}`}
					</textarea>
				</label>
				<p id={`${form}-content-error`} class="field-error" data-error-of="content">
					{errors.fields.content}
				</p>
			</div>
			<div class="actions">
				<p class="hint keys" data-keys hidden>
					<kbd>Ctrl</kbd> <kbd>Enter</kbd> saves
				</p>
				{cancel === undefined ? (
					<button class="button" type="button" data-cancel hidden>
						Cancel
					</button>
				) : (
					<a class="button" href={cancel}>
						Cancel
					</a>
				)}
				<button class="button primary" type="submit" data-submit>
					{submit}
				</button>
			</div>
		</form>
	);
}
