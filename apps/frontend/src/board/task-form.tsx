import type { FormEvent } from "react";
import { type Task, tasks } from "../client.js";
import { Alert } from "../parts/alert.js";
import { Field } from "../parts/field.js";
import { useSend } from "../parts/use-send.js";

interface Props {
	/** As it was when the form was opened. */
	task: Task;
	onClose: () => void;
}

/** Changes a task, or deletes it. */
export function TaskForm({ task, onClose }: Props) {
	const { isBusy, faults, send } = useSend(["title", "due"]);
	const closeAfter = async (write: () => Promise<unknown>) => {
		if (await send(write)) onClose();
	};

	function save(event: FormEvent<HTMLFormElement>) {
		event.preventDefault();
		const entered = new FormData(event.currentTarget);
		const title = String(entered.get("title"));
		// Null takes away what the task may lack.
		const due = String(entered.get("due")) || null;
		void closeAfter(() => tasks.update(task.id, { title, due }, { ifUpdatedAt: task.updatedAt }));
	}

	return (
		<form
			className="task-form"
			aria-label={`Edit ${task.title}`}
			noValidate
			onSubmit={save}
			onKeyDown={({ key }) => key === "Escape" && onClose()}
		>
			<Field
				label="Title"
				name="title"
				defaultValue={task.title}
				autoComplete="off"
				autoFocus
				fault={faults.fields.title}
			/>
			<Field
				label="Due"
				name="due"
				type="date"
				defaultValue={task.due ?? ""}
				fault={faults.fields.due}
			/>
			<Alert text={faults.text} />
			<div className="task-form-foot">
				<button
					className="button danger"
					type="button"
					onClick={() => closeAfter(() => tasks.delete(task.id))}
				>
					Delete
				</button>
				<button className="button" type="button" onClick={onClose}>
					Cancel
				</button>
				<button className="button primary" type="submit" aria-disabled={isBusy}>
					Save
				</button>
			</div>
		</form>
	);
}
