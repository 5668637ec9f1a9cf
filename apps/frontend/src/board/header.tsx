import type { User } from "@userdo/client";
import { useState } from "react";
import { AccountDialog } from "../account/account-dialog.js";
import type { Preferences } from "../client.js";
import { errorText } from "../faults.js";
import { Brand } from "../parts/brand.js";
import { Icon } from "../parts/icon.js";
import { connection, preferences } from "../state.js";
import { useStore } from "../stores/store.js";

const words = { live: "Live", connecting: "Connecting…", offline: "Offline" };

const themes: readonly { theme: Preferences["theme"]; name: string }[] = [
	{ theme: "system", name: "As the system" },
	{ theme: "light", name: "Light" },
	{ theme: "dark", name: "Dark" },
];

interface Props {
	user: User;
	onProblem: (text: string) => void;
}

export function Header({ user, onProblem }: Props) {
	const state = useStore(connection);
	const current = useStore(preferences);
	const [isOpen, setOpen] = useState(false);
	const choose = (theme: Preferences["theme"]) =>
		preferences
			.save({ ...current, theme })
			.catch((error: unknown) => onProblem(`The theme was not saved. ${errorText(error)}`));

	return (
		<header className="bar">
			<Brand />
			<span className="state" data-state={state}>
				{words[state]}
			</span>
			<fieldset className="themes">
				<legend className="visually-hidden">Theme</legend>
				{themes.map(({ theme, name }) => (
					<label key={theme} title={name}>
						<input
							type="radio"
							name="theme"
							checked={current.theme === theme}
							onChange={() => choose(theme)}
						/>
						<Icon name={theme} />
						<span className="visually-hidden">{name}</span>
					</label>
				))}
			</fieldset>
			<button
				className="button account"
				type="button"
				aria-haspopup="dialog"
				aria-label={`Account of ${user.email}`}
				onClick={() => setOpen(true)}
			>
				{user.email}
			</button>
			{isOpen && <AccountDialog user={user} onClose={() => setOpen(false)} />}
		</header>
	);
}
