export * from "@userdo/client/endpoints";
