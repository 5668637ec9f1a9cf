export { App, type AppOptions, endWithParent } from "./app.js";
export { devices, looks } from "./look.js";
export { type PagesOptions, usePages } from "./use-pages.js";
