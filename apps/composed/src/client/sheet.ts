import type { EndpointResponse } from "@userdo/contracts";
import type { Timesheet } from "../contract.js";
import { find, make } from "./dom.js";

type Entries = EndpointResponse<"GET /entries", Timesheet>["entries"];
type Totals = EndpointResponse<"GET /totals", Timesheet>["totals"];

/** Of two times of one day it names the day once. */
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** What a person does to an entry. */
interface Actions {
	stop(id: string): Promise<void>;
	remove(id: string): Promise<void>;
}

/** Shows what is there now in place of what was there. */
export function showSheet(entries: Entries, totals: Totals, actions?: Actions): void {
	find("#empty", HTMLElement).hidden = entries.length > 0;
	find("#entries", HTMLElement).replaceChildren(
		...entries.map((entry) => makeEntry(entry, actions)),
	);
	find("#totals", HTMLElement).replaceChildren(
		...totals.map(({ project, seconds }) =>
			make("div", make("dt", project), make("dd", toDuration(seconds))),
		),
	);
	find("#projects", HTMLElement).replaceChildren(
		...totals.map(({ project }) => Object.assign(make("option"), { value: project })),
	);
}

function makeEntry(
	{ id, project, note, startedAt, stoppedAt }: Entries[number],
	actions?: Actions,
) {
	const period = dates.formatRange(new Date(startedAt), new Date(stoppedAt ?? Date.now()));
	const text = make(
		"div",
		make("strong", project),
		make("span", note),
		make("span", stoppedAt ? period : `Since ${dates.format(new Date(startedAt))}`),
	);
	const remove = makeButton("Delete", project, () => actions?.remove(id));
	const stop = stoppedAt ? [] : [makeButton("Stop", project, () => actions?.stop(id))];
	return make("li", text, make("div", ...stop, " ", remove));
}

function makeButton(text: string, of: string, press: () => void): HTMLButtonElement {
	const button = make("button", text);
	button.type = "button";
	button.className = text === "Stop" ? "" : "quiet";
	button.setAttribute("aria-label", `${text} ${of}`);
	button.addEventListener("click", press);
	return button;
}

function toDuration(seconds: number): string {
	const minutes = Math.floor(seconds / 60);
	return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
