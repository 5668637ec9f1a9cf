/** The element of that class at that place in the page. */
export function find<E extends Element>(selector: string, type: new () => E): E {
	const element = document.querySelector(selector);
	if (element instanceof type) return element;
	throw new Error(`The page has no ${selector}`);
}

/** An element with these texts and elements in it. Texts stay texts: nothing here parses HTML. */
export function make<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	...content: (string | Node)[]
): HTMLElementTagNameMap[Name] {
	const element = document.createElement(name);
	element.append(...content);
	return element;
}
