export { App, type AppOptions, endWithParent } from "./app.js";
export { type PagesOptions, usePages } from "./use-pages.js";
