import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const candidates = [
	process.env.CHROMIUM_PATH,
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** A Chromium on this machine, if there is one. CHROMIUM_PATH goes first. */
function findChromium(): string | undefined {
	return candidates.find((path) => path !== undefined && existsSync(path));
}

/** apt-get takes one caller at a time, and several test runs may want the browser at once. */
const aptGet = ["-o", "DPkg::Lock::Timeout=300", "-qq"];

function installChromium(): void {
	const run = (...args: string[]) =>
		spawnSync("apt-get", [...aptGet, ...args], {
			stdio: ["ignore", "ignore", "inherit"],
			env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
		});
	run("update");
	run("install", "-y", "--no-install-recommends", "chromium");
}

/**
 * Starts a headless Chromium for a test. Where none is installed, and the test runs as root on
 * Debian, it is installed from Debian's packages first.
 *
 * @throws an error that says what to install, when there is no browser and it can't be installed
 */
export async function launchChromium(): Promise<Browser> {
	if (findChromium() === undefined && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
		installChromium();
	}
	const executablePath = findChromium();
	if (executablePath === undefined) {
		throw new Error(
			"The browser tests need Chromium or Chrome. Install it (Debian: `apt-get install chromium`) " +
				"or name its executable in the environment variable CHROMIUM_PATH.",
		);
	}
	return chromium.launch({
		executablePath,
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}
