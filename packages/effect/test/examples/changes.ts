import type { TableChange } from "@userdo/client";
import { listen } from "@userdo/effect";
import { Console, Effect, Stream } from "effect";
import { client } from "./client.js";

const changes = listen<TableChange>((heard) => client.collection("books").onChange(heard));

await Effect.runPromise(Stream.runForEach(changes, (change) => Console.log(change.type)));
