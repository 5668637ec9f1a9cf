import { type RefObject, useId, useState } from "react";
import type { Status, Task } from "../client.js";
import { errorText } from "../faults.js";
import { lists, preferences } from "../state.js";
import { useStore } from "../stores/store.js";
import { TaskCard } from "./task-card.js";
import { TaskForm } from "./task-form.js";

interface Props {
	status: Status;
	name: string;
	empty: string;
	isFolded: boolean;
	moved: RefObject<string | undefined>;
	onMove: (task: Task, status: Status) => Promise<void>;
	onProblem: (text: string) => void;
}

/** The tasks of one state: a live query of its own. */
export function Column({ status, name, empty, isFolded, moved, onMove, onProblem }: Props) {
	const id = useId();
	const { data, pending, status: state, error } = useStore(lists[status]);
	const current = useStore(preferences);
	const [edited, setEdited] = useState<Task>();
	const fold = () =>
		preferences
			.save({ ...current, showDone: isFolded })
			.catch((error: unknown) => onProblem(`That was not saved. ${errorText(error)}`));
	/** As it was opened: an edit of a task that has changed since is refused. */
	const isEdited = (task: Task) => edited?.id === task.id;

	return (
		<section className="column" aria-labelledby={id} data-status={status}>
			<div className="column-head">
				<h2 id={id}>{name}</h2>
				<span className="count">{data.length}</span>
				{status === "done" && (
					<button className="link" type="button" aria-expanded={!isFolded} onClick={fold}>
						{isFolded ? "Show" : "Hide"}
					</button>
				)}
			</div>
			{state === "error" && error && <p className="fault">{errorText(error)}</p>}
			{!isFolded && state === "live" && data.length === 0 && <p className="empty">{empty}</p>}
			<ul hidden={isFolded} aria-busy={state === "loading"}>
				{data.map((task) => (
					<li key={task.id} className="card task" data-pending={pending.includes(task.id)}>
						{edited && isEdited(task) ? (
							<TaskForm task={edited} onClose={() => setEdited(undefined)} />
						) : (
							<TaskCard
								task={task}
								isPending={pending.includes(task.id)}
								moved={moved}
								onMove={onMove}
								onEdit={() => setEdited(task)}
							/>
						)}
					</li>
				))}
			</ul>
		</section>
	);
}
