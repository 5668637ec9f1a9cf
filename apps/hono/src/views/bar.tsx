import type { PropsWithChildren } from "hono/jsx";
import type { SessionUser } from "userdo";
import type { Theme } from "../collections.js";

interface NotebookProps {
	user: SessionUser;
	theme: Theme;
	/** Where a form of the bar leads back to. */
	path: "/" | "/account";
}

const themes: { value: Theme; label: string; icon: unknown }[] = [
	{
		value: "system",
		label: "System",
		icon: (
			<>
				<rect x="3" y="4" width="14" height="9.5" rx="1.5" />
				<path d="M7.5 16.5h5" />
			</>
		),
	},
	{
		value: "light",
		label: "Light",
		icon: (
			<>
				<circle cx="10" cy="10" r="3.2" />
				<path d="M10 2.5v1.8M10 15.7v1.8M2.5 10h1.8M15.7 10h1.8M4.7 4.7 6 6M14 14l1.3 1.3M15.3 4.7 14 6M6 14l-1.3 1.3" />
			</>
		),
	},
	{
		value: "dark",
		label: "Dark",
		icon: <path d="M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z" />,
	},
];

/** The frame of the pages for who is signed in. */
export function Notebook({ user, theme, path, children }: PropsWithChildren<NotebookProps>) {
	return (
		<>
			<p id="announcer" class="visually-hidden" role="status"></p>
			<div class="notebook" data-user={user.id}>
				<header class="bar">
					<p class="brand">
						<img src="/favicon.svg" alt="" width="24" height="24" />
						<a href="/">Notebook</a>
					</p>
					<p id="status" class="status" role="status" data-state="connecting" hidden>
						<span class="dot" aria-hidden="true"></span>
						<span id="status-text">Connecting…</span>
					</p>
					<form id="theme" class="segments" method="post" action="/preferences">
						<input type="hidden" name="back" value={path} />
						<fieldset>
							<legend class="visually-hidden">Theme</legend>
							{themes.map(({ value, label, icon }) => (
								<button
									type="submit"
									name="theme"
									value={value}
									aria-pressed={value === theme ? "true" : "false"}
								>
									<svg viewBox="0 0 20 20" aria-hidden="true">
										{icon}
									</svg>
									<span class="visually-hidden">{label}</span>
								</button>
							))}
						</fieldset>
					</form>
					<div class="account">
						<a
							class="account-link"
							href="/account"
							aria-current={path === "/account" ? "page" : undefined}
						>
							<span class="visually-hidden">Account of </span>
							{user.email}
						</a>
						<form method="post" action="/api/logout">
							<button class="quiet" type="submit">
								Sign out
							</button>
						</form>
					</div>
				</header>
				<main>
					<div id="notice" class="notice" hidden>
						<p id="notice-text" role="alert"></p>
						<button id="notice-close" class="quiet" type="button">
							Dismiss
						</button>
					</div>
					{children}
				</main>
			</div>
		</>
	);
}
