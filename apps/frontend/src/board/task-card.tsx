import { type RefObject, useEffect, useRef } from "react";
import type { Status, Task } from "../client.js";
import { Icon } from "../parts/icon.js";
import { columns } from "./columns.js";
import { dayText, isOverdue } from "./days.js";

interface Props {
	task: Task;
	/** Whether the server has not confirmed it yet. */
	isPending: boolean;
	moved: RefObject<string | undefined>;
	onMove: (task: Task, status: Status) => Promise<void>;
	onEdit: () => void;
}

export function TaskCard({ task, isPending, moved, onMove, onEdit }: Props) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (moved.current !== task.id) return;
		moved.current = undefined;
		heading.current?.focus();
	}, [moved, task.id]);
	const place = columns.findIndex(({ status }) => status === task.status);
	const [before, after] = [columns[place - 1], columns[place + 1]];

	return (
		<>
			<div className="task-head">
				<h3 ref={heading} tabIndex={-1}>
					{task.title}
				</h3>
				<button
					className="icon-button"
					type="button"
					aria-label={`Edit ${task.title}`}
					onClick={onEdit}
				>
					<Icon name="edit" />
				</button>
			</div>
			<div className="task-foot">
				{task.due && (
					<time
						dateTime={task.due}
						data-overdue={task.status !== "done" && isOverdue(task.due, new Date())}
					>
						{dayText(task.due, new Date())}
					</time>
				)}
				{isPending && <span className="hint">Saving…</span>}
				<span className="moves">
					{before && (
						<button
							className="icon-button"
							type="button"
							aria-label={`Move ${task.title} to ${before.name}`}
							title={`To “${before.name}”`}
							onClick={() => onMove(task, before.status)}
						>
							<Icon name="back" />
						</button>
					)}
					{after && (
						<button
							className="icon-button"
							type="button"
							aria-label={`Move ${task.title} to ${after.name}`}
							title={`To “${after.name}”`}
							onClick={() => onMove(task, after.status)}
						>
							<Icon name={after.status === "done" ? "done" : "forward"} />
						</button>
					)}
				</span>
			</div>
		</>
	);
}
