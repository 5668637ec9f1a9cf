import { describe, expect, it } from "vitest";
import { dayText, isOverdue, today } from "../src/board/days.js";

describe("days", () => {
	const now = new Date(2026, 10, 30, 23, 30);

	it("are those of the person's calendar, however late it is", () => {
		expect(today(now)).toBe("2026-11-30");
		expect(isOverdue("2026-11-30", now)).toBe(false);
		expect(isOverdue("2026-11-29", now)).toBe(true);
	});

	it("are said as people do", () => {
		expect(dayText("2026-11-29", now)).toBe("Yesterday");
		expect(dayText("2026-11-30", now)).toBe("Today");
		expect(dayText("2026-12-01", now)).toBe("Tomorrow");
		expect(dayText("2026-12-24", now)).toBe("Dec 24");
		expect(dayText("2027-01-02", now)).toBe("Jan 2, 2027");
	});
});
