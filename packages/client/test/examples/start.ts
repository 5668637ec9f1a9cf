import { UserDOClient } from "@userdo/client";

const client = new UserDOClient("/api");

await client.signup("user@example.com", "correct horse");
const unsubscribe = client.onChange("preferences", (value) => console.log("now:", value));
await client.set("preferences", { theme: "dark" });

use(unsubscribe);

declare function use(...things: unknown[]): void;
