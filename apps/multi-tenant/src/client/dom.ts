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

/** What to tell the person about an error. */
export function errorText(error: unknown): string {
	return error instanceof Error ? error.message : "Something went wrong. Please try again.";
}

const views = ["starting", "welcome", "notebook"] as const;

/** Shows one of the page's views, and no other. */
export function showView(view: (typeof views)[number]): void {
	for (const id of views) find(`#${id}`, HTMLElement).hidden = id !== view;
}
