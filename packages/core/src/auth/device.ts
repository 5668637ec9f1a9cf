import type { UserSession } from "@userdo/contracts";
import type { Session } from "./sessions.js";

/** What a user agent may tell of its device, in the order in which to look. */
type Signs = readonly (readonly [name: string, sign: RegExp])[];

/**
 * Browsers that are built on another one name that one too: Edge, Opera and Samsung's say `Chrome`
 * and `Safari`. So the most particular come first. (Brave says only Chrome, on purpose.)
 */
const browsers: Signs = [
	["Edge", /\bEdg(e|A|iOS)?\//],
	["Opera", /\b(OPR|OPT|OPX|Opera)\b/],
	["Samsung Internet", /\bSamsungBrowser\//],
	["Vivaldi", /\bVivaldi\//],
	["Yandex Browser", /\bYaBrowser\//],
	["DuckDuckGo", /\b(DuckDuckGo|Ddg)\//],
	["Firefox", /\b(Firefox|FxiOS)\//],
	["Chrome", /\b(HeadlessChrome|Chrome|CriOS|Chromium)\//],
	["Safari", /\bVersion\/[\d.]+ .*\bSafari\//],
	["curl", /^curl\//],
];

/** iPhones say `like Mac OS X`, Android says `Linux`, Chromebooks say `X11`. */
const systems: Signs = [
	["Windows", /\bWindows\b/],
	["iPhone", /\biPhone\b/],
	// Those that ask for desktop pages, which is their default, say they are a Mac.
	["iPad", /\biPad\b/],
	["Android", /\bAndroid\b/],
	["ChromeOS", /\bCrOS\b/],
	["Mac", /\bMacintosh\b/],
	["Linux", /\bLinux\b/],
];

/** Crawlers pass themselves off as a browser; nobody signs in with one. */
const machine = /bot\b|crawl|spider|compatible;(?! MSIE)/i;

/**
 * Browser and system: `Firefox on Windows`. Made of the words above only, whatever a client sends.
 */
export function describeDevice(userAgent: string): string {
	const text = userAgent.slice(0, 256);
	const find = (signs: Signs) => signs.find(([, sign]) => sign.test(text))?.[0];
	if (machine.test(text)) return "Unknown device";
	return [find(browsers), find(systems)].filter(Boolean).join(" on ") || "Unknown device";
}

/** What a user may know of a session: nothing that opens it, nor the user agent as it was sent. */
export function describeSession(session: Session, currentId: string | undefined): UserSession {
	return {
		id: session.id,
		device: describeDevice(session.userAgent),
		createdAt: new Date(session.createdAt).toISOString(),
		lastUsedAt: new Date(session.refreshedAt).toISOString(),
		current: session.id === currentId,
	};
}
