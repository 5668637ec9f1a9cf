import type { Context } from "hono";
import { reportError } from "./report.js";

/**
 * Runs after the answer has been given. Where there is no execution context (a test calling
 * `app.request`) the answer waits for it.
 */
export async function inBackground(
	c: Context,
	run: () => Promise<void>,
	report: (c: Context, error: unknown) => void = reportAny,
): Promise<void> {
	const running = run().catch((error: unknown) => report(c, error));
	try {
		c.executionCtx.waitUntil(running);
	} catch {
		await running;
	}
}

function reportAny(c: Context, error: unknown): void {
	reportError(c, error instanceof Error ? error : new Error("not an error"));
}
