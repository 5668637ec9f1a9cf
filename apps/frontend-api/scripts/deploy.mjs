// Deploys the API, then the page that was built for it.
import { spawnSync } from "node:child_process";

const { PAGE_ORIGIN, VITE_API_URL } = process.env;
const isSecure = (text) => URL.parse(text ?? "")?.protocol === "https:";

if (!isSecure(PAGE_ORIGIN) || !isSecure(VITE_API_URL)) {
	console.error(
		[
			"The board was not deployed: two addresses are missing.",
			"  PAGE_ORIGIN    where the page will be, such as https://board.example.com",
			"  VITE_API_URL   where the API will be, such as https://board-api.example.com/api",
			"The page is built for one API, and the API takes requests of named pages alone.",
		].join("\n"),
	);
	process.exit(1);
}

for (const args of [
	["--var", `ORIGINS:${PAGE_ORIGIN}`],
	["--config", "hosting/wrangler.jsonc"],
]) {
	const { status } = spawnSync("wrangler", ["deploy", ...args], {
		stdio: "inherit",
		shell: process.platform === "win32",
	});
	if (status !== 0) process.exit(status ?? 1);
}
