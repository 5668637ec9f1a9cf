// Adds a tenant to a running app: `pnpm add-tenant acme "Acme Tools" "#b4452f"`. Elsewhere than on this
// machine its address comes last, and its secret from the environment:
// `ADMIN_SECRET=... pnpm add-tenant acme "Acme Tools" "#b4452f" https://example.com`.
import { readFile } from "node:fs/promises";

const [slug, name, color, url = "http://localhost:8790"] = process.argv.slice(2);
if (color === undefined) {
	console.error("Usage: pnpm add-tenant <slug> <name> <#rrggbb> [<url>]");
	process.exit(1);
}
const devVars = await readFile(new URL("../.dev.vars", import.meta.url), "utf8").catch(() => "");
const secret = process.env.ADMIN_SECRET ?? /^ADMIN_SECRET=(.*)$/m.exec(devVars)?.[1] ?? "";

const response = await fetch(new URL("/admin/tenants", url), {
	method: "POST",
	headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
	body: JSON.stringify({ slug, name, color }),
});
const body = await response.json();
if (response.ok) console.log(body.url);
else {
	console.error([body.error, ...(body.issues ?? []).map(({ message }) => message)].join(" "));
	process.exitCode = 1;
}
