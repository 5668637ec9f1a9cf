export * from "@userdo/client/live";
