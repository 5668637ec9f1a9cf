import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

export const devices = [
	{ name: "desktop", viewport: { width: 1280, height: 860 } },
	{ name: "phone", viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true },
];

/** Each device by day and by night, as options of a browser. */
export const looks = devices.flatMap((device) =>
	(["light", "dark"] as const).map((colorScheme) => ({ ...device, colorScheme })),
);

/** Keeps a picture for people to look at, and asks what a picture does not show. */
export async function look(page: Page, path: string): Promise<void> {
	// Pictures show how things come to rest.
	await page.waitForFunction(() =>
		document.getAnimations().every(({ effect }) => effect?.getTiming().iterations === Infinity),
	);
	// What lies behind a dialog covers just the part of the page that is in sight.
	const fullPage = (await page.getByRole("dialog").count()) === 0;
	await page.screenshot({ path, fullPage });
	// By numbers: an element itself does not come out of the page.
	const { scrollWidth, clientWidth } = await page.evaluate(() => {
		const { scrollWidth, clientWidth } = document.documentElement;
		return { scrollWidth, clientWidth };
	});
	expect(scrollWidth, `${path} scrolls sideways`).toBe(clientWidth);
	await page.evaluate(axe.source);
	const violations = await page.evaluate(async () => {
		const { violations } = await (Reflect.get(window, "axe") as typeof axe).run();
		return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
	});
	expect(violations, `${path} keeps people out`).toEqual([]);
}
