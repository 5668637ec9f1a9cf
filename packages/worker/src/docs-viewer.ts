import type { DocsViewer } from "./docs/viewer.js";
import { createViewer } from "./docs/viewer-page.js";
import { script, start, style, version } from "./generated/swagger-ui.js";

/**
 * Swagger UI as the page of the documentation; the Worker serves all of it, nothing comes from
 * elsewhere. Its script is half a megabyte (gzip), so it is an import of its own.
 *
 * @example
 * import { docsViewer } from "@userdo/worker/docs-viewer";
 *
 * const app = createUserDOWorker("MY_APP_DO", { docs: { viewer: docsViewer } });
 */
export const docsViewer: DocsViewer = createViewer({ version, script, style, start });
