export * from "@userdo/client/tokens";
