import { UserDOClient } from "userdo/client";
import type { collections, keys } from "../collections.js";

/** The client with the types of this app's rows and keys; of the definitions nothing else comes along. */
export const createClient = () => new UserDOClient<typeof collections, typeof keys>("/api");

export type Client = ReturnType<typeof createClient>;
