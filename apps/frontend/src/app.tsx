import { Welcome } from "./account/welcome.js";
import { Board } from "./board/board.js";
import { Brand } from "./parts/brand.js";
import { session } from "./state.js";
import { useStore } from "./stores/store.js";

export function App() {
	const current = useStore(session);
	switch (current.state) {
		case "user":
			// Another user starts with nothing of the one before.
			return <Board key={current.user.id} user={current.user} />;
		case "nobody":
			return <Welcome />;
		case "unreachable":
			return (
				<main className="waiting">
					<Brand />
					<p role="status">The server can't be reached. Trying again…</p>
				</main>
			);
		case "unknown":
			return (
				<main className="waiting late">
					<Brand />
				</main>
			);
	}
}
