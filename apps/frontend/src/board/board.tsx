import type { User } from "@userdo/client";
import { useEffect, useRef, useState } from "react";
import { type Status, type Task, tasks } from "../client.js";
import { errorText } from "../faults.js";
import { Alert } from "../parts/alert.js";
import { connection, openTasks, preferences } from "../state.js";
import { useStore } from "../stores/store.js";
import { Column } from "./column.js";
import { columns } from "./columns.js";
import { Composer } from "./composer.js";
import { Header } from "./header.js";

export function Board({ user }: { user: User }) {
	const { theme, showDone } = useStore(preferences);
	const { data: count } = useStore(openTasks);
	const isOffline = useStore(connection) === "offline";
	const [problem, setProblem] = useState<string>();
	const [news, setNews] = useState("");
	/** The task that takes the keyboard's focus along into another column. */
	const moved = useRef<string>(undefined);

	useEffect(() => {
		document.title = count ? `(${count}) Task board` : "Task board";
		return () => {
			document.title = "Task board";
		};
	}, [count]);
	useTheme(theme);

	async function move(task: Task, status: Status): Promise<void> {
		const name = columns.find((column) => column.status === status)?.name;
		moved.current = task.id;
		setProblem(undefined);
		try {
			const saved = tasks.update(task.id, { status });
			setNews(`Moved ${task.title} to ${name}`);
			await saved;
		} catch (error) {
			setNews("");
			setProblem(`“${task.title}” was not moved to ${name}. ${errorText(error)}`);
		}
	}

	return (
		<>
			<Header user={user} onProblem={setProblem} />
			<main className="board">
				<h1 className="visually-hidden">Your tasks</h1>
				<p role="status" className={isOffline ? "notice" : "visually-hidden"}>
					{isOffline
						? "You are offline. This is what was known last, and nothing can be saved."
						: news}
				</p>
				<Alert text={problem} />
				<Composer />
				<div className="columns">
					{columns.map((column) => (
						<Column
							key={column.status}
							{...column}
							isFolded={column.status === "done" && !showDone}
							moved={moved}
							onMove={move}
							onProblem={setProblem}
						/>
					))}
				</div>
			</main>
		</>
	);
}

/** The page wears it, and remembers it for its next start (public/theme.js). */
function useTheme(theme: string): void {
	useEffect(() => {
		document.documentElement.dataset.theme = theme;
		try {
			localStorage.setItem("theme", theme);
		} catch {
			// A browser that is told to store nothing.
		}
	}, [theme]);
}
