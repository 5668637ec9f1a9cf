import type { FormErrors } from "../form-errors.js";

interface FieldProps {
	name: string;
	label: string;
	type?: "email" | "password";
	autocomplete: string;
	errors: FormErrors;
	hint?: string;
	/** The form's first field; one with an error has the focus before it. */
	isFirst?: boolean;
	/** Ids are the page's: a prefix where forms have fields of one name. */
	form?: string;
}

/** A field with its label, and what is wrong with it beside it. */
export function Field({
	name,
	label,
	type,
	autocomplete,
	errors,
	hint,
	isFirst,
	form,
}: FieldProps) {
	const id = form === undefined ? name : `${form}-${name}`;
	const error = errors.fields[name];
	const [firstWrong] = Object.keys(errors.fields);
	const hasFocus = firstWrong === undefined ? isFirst : firstWrong === name;
	const input = (
		<input
			id={id}
			class="input"
			name={name}
			type={type ?? "text"}
			autocomplete={autocomplete}
			autocapitalize="none"
			spellcheck={false}
			required
			minlength={autocomplete === "new-password" ? 8 : undefined}
			autofocus={hasFocus}
			aria-invalid={error === undefined ? undefined : "true"}
			aria-describedby={hint === undefined ? `${id}-error` : `${id}-hint ${id}-error`}
		/>
	);
	return (
		<div class="field">
			<label class="label" for={id}>
				{label}
			</label>
			{type === "password" ? (
				<div class="password">
					{input}
					<button class="quiet" type="button" aria-pressed="false" data-reveal={id} hidden>
						Show<span class="visually-hidden"> {label.toLowerCase()}</span>
					</button>
				</div>
			) : (
				input
			)}
			{hint && (
				<p id={`${id}-hint`} class="hint">
					{hint}
				</p>
			)}
			<p id={`${id}-error`} class="field-error" data-error-of={name}>
				{error}
			</p>
		</div>
	);
}

/** What is wrong with a form as a whole, or what has been done by it. */
export function Outcome({ errors, done }: { errors: FormErrors; done?: string | undefined }) {
	return (
		<>
			{errors.alert !== undefined && (
				<div class="alert" role="alert">
					{errors.alert}
				</div>
			)}
			{done !== undefined && (
				<div class="done" role="status">
					{done}
				</div>
			)}
		</>
	);
}
