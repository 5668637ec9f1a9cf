/** Read aloud as soon as it is there. */
export function Alert({ text }: { text: string | undefined }) {
	return (
		<div role="alert" className={text ? "alert" : "visually-hidden"}>
			{text}
		</div>
	);
}
