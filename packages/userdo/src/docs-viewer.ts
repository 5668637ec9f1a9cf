export { docsViewer } from "@userdo/worker/docs-viewer";
