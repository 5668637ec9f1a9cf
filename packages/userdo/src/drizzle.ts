// Registers the driver of `this.db`, and brings the types of it and of `posts.drizzle`.
export * from "@userdo/tables/drizzle";
