import { expect } from "vitest";
import { newEmail, origin, password, Visitor } from "./visitor.js";

interface Form {
	action: string;
	method: string;
	/** The fields as the page has filled them in. */
	fields: Record<string, string>;
}

/** A page as a browser without script has it. */
export interface Page {
	status: number;
	/** The address after all redirects. */
	path: string;
	headers: Headers;
	html: string;
	heading: string;
	/** What it says of a form: errors and what has been done. */
	told: string[];
	/** The titles of the notes. */
	titles: string[];
	links: string[];
	forms: Form[];
	/** How often each element is there, by its name. */
	elements: Record<string, number>;
}

/** Somebody who reads pages and sends their forms, without any script. */
export class Reader extends Visitor {
	page: Page | undefined;

	async open(path: string, init?: RequestInit): Promise<Page> {
		let [next, options] = [path, init];
		for (let redirects = 0; redirects < 5; redirects++) {
			const response = await this.request(next, options);
			const location = response.headers.get("location");
			if (location === null) {
				this.page = await read(response, next);
				return this.page;
			}
			expect(response.status).toBe(303);
			expect(location).toMatch(/^\/(?!\/)/);
			const [address = ""] = location.split("#");
			[next, options] = [address, undefined];
		}
		throw new Error(`${path} leads in circles`);
	}

	/** Sends the form of the page that leads there, with what the person has filled in. */
	submit(action: string | RegExp, filled: Record<string, string> = {}): Promise<Page> {
		const form = this.page?.forms.find((form) =>
			typeof action === "string" ? form.action === action : action.test(form.action),
		);
		if (form === undefined) throw new Error(`${this.page?.path} has no form to ${action}`);
		const body = new URLSearchParams({ ...form.fields, ...filled });
		if (form.method !== "post") return this.open(`${form.action}?${body}`);
		return this.open(form.action, {
			method: "POST",
			headers: { "content-type": "application/x-www-form-urlencoded", origin },
			body: body.toString(),
		});
	}

	async signUp(email = newEmail()): Promise<Page> {
		await this.open("/sign-up");
		return this.submit("/api/signup", { email, password });
	}

	async add(title: string, content = ""): Promise<Page> {
		await this.open("/");
		return this.submit("/notes", { title, content });
	}
}

async function read(response: Response, path: string): Promise<Page> {
	const page: Page = {
		status: response.status,
		path,
		headers: response.headers,
		html: await response.clone().text(),
		heading: "",
		told: [],
		titles: [],
		links: [],
		forms: [],
		elements: {},
	};
	let inTemplate = false;
	const text = (add: (text: string) => void) => {
		let whole = "";
		return {
			text(chunk: Text) {
				whole += chunk.text;
				if (!chunk.lastInTextNode) return;
				if (!inTemplate && whole.trim() !== "") add(decode(whole.trim()));
				whole = "";
			},
		};
	};
	const fill = (name: string | null, value: string) => {
		const form = page.forms.at(-1);
		if (!inTemplate && form && name !== null) form.fields[name] ??= value;
	};
	let field: string | null = null;
	await new HTMLRewriter()
		.on("*", {
			element({ tagName }) {
				page.elements[tagName] = (page.elements[tagName] ?? 0) + 1;
			},
		})
		.on("template", {
			element(element) {
				inTemplate = true;
				element.onEndTag(() => {
					inTemplate = false;
				});
			},
		})
		.on(
			"h1",
			text((heading) => (page.heading = heading)),
		)
		.on(
			"[role=alert]:not([hidden]), [role=status]:not(#announcer):not(#status), .field-error",
			text((each) => page.told.push(each)),
		)
		.on(
			".note-title",
			text((title) => page.titles.push(title)),
		)
		.on("a[href]", {
			element: (link) => void page.links.push(decode(link.getAttribute("href") ?? "")),
		})
		.on("form", {
			element(form) {
				if (inTemplate) return;
				const action = decode(form.getAttribute("action") ?? "");
				page.forms.push({ action, method: form.getAttribute("method") ?? "get", fields: {} });
			},
		})
		.on("form input", {
			element: (input) =>
				fill(input.getAttribute("name"), decode(input.getAttribute("value") ?? "")),
		})
		.on("form textarea", {
			element(area) {
				field = area.getAttribute("name");
			},
		})
		// The line break after the tag is no part of the text; a form sends the others as two characters.
		.on(
			"form textarea",
			text((value) => fill(field, value.replace(/\r?\n/g, "\r\n"))),
		)
		.transform(response)
		.arrayBuffer();
	// An area without text has none of its own.
	for (const form of page.forms) if (form.action.startsWith("/notes")) form.fields.content ??= "";
	return page;
}

function decode(text: string): string {
	const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
	return text.replaceAll(
		/&(amp|lt|gt|quot|#39);/g,
		(_, name: keyof typeof entities) => entities[name],
	);
}
