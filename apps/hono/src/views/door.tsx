import type { PropsWithChildren } from "hono/jsx";

/** The frame of the pages for who is not signed in, or came by a link in a mail. */
export function Door({
	title,
	lede,
	children,
	below,
}: PropsWithChildren<{ title: string; lede: string; below?: unknown }>) {
	return (
		<main class="welcome">
			<p class="brand">
				<img src="/favicon.svg" alt="" width="28" height="28" />
				<span>Notebook</span>
			</p>
			<div class="card">
				<h1 id="heading">{title}</h1>
				<p class="lede">{lede}</p>
				{children}
			</div>
			{below && <p class="switch">{below}</p>}
		</main>
	);
}
