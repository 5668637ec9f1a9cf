import { readFile, writeFile } from "node:fs/promises";
import { UserDOClient } from "@userdo/client";
import { withTokens } from "@userdo/client/tokens";

const file = "session.json";
const storage = {
	get: () => readFile(file, "utf8").catch(() => null),
	set: (text: string | null) => writeFile(file, text ?? "", { mode: 0o600 }),
};
const client = new UserDOClient("https://app.example.com/api", withTokens(storage));

await client.login("user@example.com", "correct horse");
