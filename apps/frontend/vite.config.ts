import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type Plugin } from "vite";
import { securityHeaders } from "./security-headers.ts";

export default defineConfig(({ mode }) => {
	const { VITE_API_URL } = loadEnv(mode, import.meta.dirname);
	const headers = securityHeaders(VITE_API_URL);
	return {
		plugins: [react(), headersFile(headers)],
		// `localhost` would be every address of that name, and another one on some machines.
		server: { host: "127.0.0.1", port: 5173, strictPort: true },
		preview: { host: "127.0.0.1", port: 5173, strictPort: true, headers },
		build: { target: "es2022", sourcemap: true },
	};
});

/** `_headers`, which Cloudflare, Netlify and others read. */
function headersFile(headers: Record<string, string>): Plugin {
	const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
	return {
		name: "headers-file",
		apply: "build",
		generateBundle() {
			this.emitFile({ type: "asset", fileName: "_headers", source: `/*\n${lines.join("")}` });
		},
	};
}
