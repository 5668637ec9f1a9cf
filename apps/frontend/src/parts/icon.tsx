const paths = {
	add: "M8 3v10M3 8h10",
	back: "M10 3.5 5.5 8l4.5 4.5",
	close: "m4 4 8 8M12 4l-8 8",
	dark: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5Z",
	done: "m3.5 8.5 3 3 6-7",
	edit: "M3 13v-2.5L10.5 3 13 5.5 5.5 13H3Z",
	forward: "m6 3.5 4.5 4.5L6 12.5",
	light:
		"M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7",
	system: "M2.5 3.5h11v7.5h-11zM6 13.5h4M8 11v2.5",
};

export function Icon({ name }: { name: keyof typeof paths }) {
	return (
		<svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
			<path d={paths[name]} />
		</svg>
	);
}
