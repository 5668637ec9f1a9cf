import { listen } from "@userdo/effect";

/**
 * The element of that id.
 *
 * @throws an error that names it, when the page has none of that type
 */
export function byId<E extends HTMLElement>(id: string, type: abstract new () => E): E {
	const element = document.getElementById(id);
	if (element instanceof type) return element;
	throw new Error(`The page has no ${type.name} with the id ${id}`);
}

export function create<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	properties: Partial<HTMLElementTagNameMap[Name]> = {},
	...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
	const element = Object.assign(document.createElement(name), properties);
	element.append(...children);
	return element;
}

/** The presses of the button of that id. */
export const presses = (id: string) =>
	listen<Event>((heard) => {
		const button = byId(id, HTMLButtonElement);
		button.addEventListener("click", heard);
		return () => button.removeEventListener("click", heard);
	});

const views = ["starting", "welcome", "book"];

export function showView(view: "starting" | "welcome" | "book"): void {
	for (const id of views) byId(id, HTMLElement).hidden = id !== view;
}
