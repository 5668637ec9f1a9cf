import { expect, it } from "vitest";
import { describeDevice } from "../src/auth/device.js";

const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const android = "Mozilla/5.0 (Linux; Android 10; K)";
const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15";
const ipad = "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15";
const chrome = "Chrome/140.0.0.0";

it.each([
	[`${windows} ${webkit} ${chrome} Safari/537.36`, "Chrome on Windows"],
	[`${windows} ${webkit} ${chrome} Safari/537.36 Edg/140.0.0.0`, "Edge on Windows"],
	[`${windows} ${webkit} ${chrome} Safari/537.36 OPR/120.0.0.0`, "Opera on Windows"],
	[`${windows} ${webkit} ${chrome} Safari/537.36 Vivaldi/7.5`, "Vivaldi on Windows"],
	["Mozilla/5.0 (Windows NT 10.0; rv:141.0) Gecko/20100101 Firefox/141.0", "Firefox on Windows"],
	["Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0", "Firefox on Linux"],
	[
		`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} ${chrome} Safari/537.36`,
		"Chrome on ChromeOS",
	],
	[`${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15`, "Safari on Mac"],
	[`${mac} ${webkit} ${chrome} Safari/537.36`, "Chrome on Mac"],
	[`${android} ${webkit} ${chrome} Mobile Safari/537.36`, "Chrome on Android"],
	[`${android} ${webkit} ${chrome} Mobile Safari/537.36 EdgA/140.0`, "Edge on Android"],
	[
		`${android} ${webkit} SamsungBrowser/28.0 ${chrome} Mobile Safari/537.36`,
		"Samsung Internet on Android",
	],
	["Mozilla/5.0 (Android 15; Mobile; rv:141.0) Gecko/141.0 Firefox/141.0", "Firefox on Android"],
	[`${iphone} (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1`, "Safari on iPhone"],
	[`${iphone} (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1`, "Chrome on iPhone"],
	[`${iphone} (KHTML, like Gecko) FxiOS/141.0 Mobile/15E148 Safari/605.1.15`, "Firefox on iPhone"],
	[`${iphone} (KHTML, like Gecko) Version/18.0 EdgiOS/140.0 Safari/604.1`, "Edge on iPhone"],
	[`${iphone} (KHTML, like Gecko) Mobile/15E148`, "iPhone"],
	[`${ipad} (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1`, "Safari on iPad"],
	["curl/8.9.1", "curl"],
	["Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", "Windows"],
	["okhttp/5.1.0", "Unknown device"],
	["node", "Unknown device"],
	[
		`Mozilla/5.0 ${webkit.slice(0, -1)}; compatible; Googlebot/2.1) ${chrome} Safari/537.36`,
		"Unknown device",
	],
	["Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "Unknown device"],
	["", "Unknown device"],
	["x".repeat(1024 * 1024), "Unknown device"],
	["Version/1 ".repeat(100_000), "Unknown device"],
	["Firefox/1\r\nset-cookie: a=b (Windows <script>alert(1)</script>", "Firefox on Windows"],
	["constructor __proto__ on undefined", "Unknown device"],
])("names the device of %.90s", (userAgent, device) => {
	expect(describeDevice(userAgent)).toBe(device);
});
