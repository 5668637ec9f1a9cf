import { UserDOClient } from "@userdo/client";

// What the README's examples are about.
export const client = new UserDOClient("https://app.example.com/api");
export const email = "ada@example.com";
export const password = "correct horse";
