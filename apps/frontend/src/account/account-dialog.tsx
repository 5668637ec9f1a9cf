import type { User, UserSession } from "@userdo/client";
import { useEffect, useRef, useState } from "react";
import { client } from "../client.js";
import { Alert } from "../parts/alert.js";
import { Icon } from "../parts/icon.js";
import { useSend } from "../parts/use-send.js";

interface Props {
	user: User;
	onClose: () => void;
}

/** Who is signed in, and where else. */
export function AccountDialog({ user, onClose }: Props) {
	const dialog = useRef<HTMLDialogElement>(null);
	const [sessions, setSessions] = useState<UserSession[]>();
	// Apart from each other: what a person asks for does not wait for the list.
	const list = useSend([]);
	const { faults, send } = useSend([]);
	const load = async () => setSessions(await client.sessions());
	const end = (request: () => Promise<void>) =>
		void send(async () => {
			await request();
			await load();
		});

	useEffect(() => {
		dialog.current?.showModal();
		void list.send(load);
	}, []);

	return (
		<dialog ref={dialog} onClose={onClose} aria-labelledby="account-title">
			<div className="dialog-head">
				<h2 id="account-title">Your account</h2>
				<form method="dialog">
					<button className="icon-button" type="submit" aria-label="Close">
						<Icon name="close" />
					</button>
				</form>
			</div>
			<p className="address">{user.email}</p>
			<h3>Signed in on</h3>
			<ul className="sessions" aria-busy={sessions === undefined}>
				{sessions?.map(({ id, device, lastUsedAt, current }) => (
					<li key={id}>
						<div>
							<span className="device">{device}</span>
							<span className="hint">
								{current ? "This browser" : `Last used ${when(lastUsedAt)}`}
							</span>
						</div>
						{!current && (
							<button
								className="button"
								type="button"
								aria-label={`Sign out ${device}`}
								onClick={() => end(() => client.revokeSession(id))}
							>
								Sign out
							</button>
						)}
					</li>
				))}
			</ul>
			<Alert text={faults.text ?? list.faults.text} />
			<div className="dialog-foot">
				{(sessions?.length ?? 0) > 1 && (
					<button
						className="button"
						type="button"
						onClick={() => end(() => client.revokeOtherSessions())}
					>
						Sign out all others
					</button>
				)}
				<button
					className="button primary"
					type="button"
					onClick={() => send(() => client.logout())}
				>
					Sign out
				</button>
			</div>
		</dialog>
	);
}

const when = (time: string) =>
	new Date(time).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
