/**
 * The element that the page must have.
 *
 * @throws an error naming the selector, when it has none of that type
 */
export function find<E extends Element>(
	selector: string,
	type: new () => E,
	root: ParentNode = document,
): E {
	const element = root.querySelector(selector);
	if (element instanceof type) return element;
	throw new Error(`The page has no ${type.name} at ${selector}`);
}

/** A new copy of what the page's template holds. */
export function clone<E extends Element>(template: string, type: new () => E): E {
	const element = find(template, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
	if (element instanceof type) return element;
	throw new Error(`The template ${template} does not hold a ${type.name}`);
}

/** Tells people who listen to the page what they can't see happen. */
export function announce(text: string): void {
	find("#announcer", HTMLElement).textContent = text;
}
