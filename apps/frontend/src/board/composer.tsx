import { type FormEvent, useRef, useState } from "react";
import { tasks } from "../client.js";
import { type Faults, toFaults } from "../faults.js";
import { Alert } from "../parts/alert.js";
import { Field } from "../parts/field.js";
import { Icon } from "../parts/icon.js";

const fields = ["title", "due"] as const;

/** Adds tasks. The next one can be typed while the last one is still on its way. */
export function Composer() {
	const form = useRef<HTMLFormElement>(null);
	const [title, setTitle] = useState("");
	const [due, setDue] = useState("");
	const [faults, setFaults] = useState<Faults<(typeof fields)[number]>>({ fields: {} });

	async function add(event: FormEvent) {
		event.preventDefault();
		setFaults({ fields: {} });
		setTitle("");
		setDue("");
		form.current?.querySelector("input")?.focus();
		try {
			await tasks.create({ title, ...(due && { due }) });
		} catch (error) {
			setFaults(toFaults(error, fields));
			// What could not be saved is not lost, unless something else is there by now.
			setTitle((typed) => typed || title);
			setDue((typed) => typed || due);
		}
	}

	return (
		<form ref={form} className="composer card" noValidate onSubmit={add} aria-label="New task">
			<div className="composer-fields">
				<Field
					label="New task"
					isLabelHidden
					name="title"
					placeholder="What is to be done?"
					autoComplete="off"
					value={title}
					onChange={({ target }) => setTitle(target.value)}
					fault={faults.fields.title}
				/>
				<Field
					label="Due"
					isLabelHidden
					name="due"
					type="date"
					value={due}
					onChange={({ target }) => setDue(target.value)}
					fault={faults.fields.due}
				/>
				<button className="button primary" type="submit">
					<Icon name="add" />
					Add
				</button>
			</div>
			<Alert text={faults.text} />
		</form>
	);
}
