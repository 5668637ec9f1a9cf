import type { UserSession } from "userdo";
import { Time } from "./time.js";

/** A session of the list; without one, what the script copies for a new one. */
export function SessionItem({ session }: { session?: UserSession }) {
	const isCurrent = session?.current ?? false;
	return (
		<li class="session" data-id={session?.id}>
			<div class="session-text">
				<p class="session-device">
					<span data-device>{session?.device}</span>{" "}
					<span class="badge" data-current hidden={!isCurrent}>
						This one
					</span>
				</p>
				<p class="hint">
					<span data-created>
						Signed in <Time at={session?.createdAt} />
					</span>
					<span data-used hidden={isCurrent}>
						{" "}
						· last used <Time at={session?.lastUsedAt} />
					</span>
					<span data-now hidden={!isCurrent}>
						{" "}
						· in use now
					</span>
				</p>
			</div>
			{/* This one has the button at the top of the page. */}
			<form method="post" action={session && `/api/sessions/${session.id}`} hidden={isCurrent}>
				<input type="hidden" name="_method" value="DELETE" />
				<button class="quiet" type="submit" aria-label={`Sign out ${session?.device}`} data-end>
					Sign out
				</button>
			</form>
		</li>
	);
}
