import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { absoluteLifetime, idleLifetime, Sessions } from "../src/auth/sessions.js";
import { hashTokenId, loadTokenKeys } from "../src/auth/tokens.js";
import type { SignedIn } from "../src/index.js";
import { inObject, newEmail, password, refusal, signUp, stubOf } from "./helpers.js";

const keys = () => loadTokenKeys({ JWT_SECRET: "sessions-test-0123456789-abcdefghij" });

/** Runs with sessions of an object's own storage, at any time one likes. */
async function withSessions(
	run: (sessions: Sessions, ended: string[], storage: DurableObjectStorage) => unknown,
) {
	await inObject(stubOf(newEmail()), (_object, { storage }) => {
		const ended: string[] = [];
		const sessions = new Sessions(storage.sql, (ids) => ended.push(...ids));
		sessions.create();
		return run(sessions, ended, storage);
	});
}

const codeOf = (run: () => unknown): string => {
	try {
		run();
		return "ok";
	} catch (error) {
		return (error as { code: string }).code;
	}
};

describe("sessions", () => {
	it("C7 give a successor for each refresh token, and again for one whose answer was lost", async () => {
		const all = await keys();
		await withSessions((sessions) => {
			const first = sessions.start(all, "", 0);
			const second = sessions.refresh(all, first.session.id, first.refreshId, 1000);
			expect(second.refreshId).not.toBe(first.refreshId);
			const day = 24 * 60 * 60 * 1000;
			const again = sessions.refresh(all, first.session.id, first.refreshId, day);
			expect(again.refreshId).toBe(second.refreshId);
			expect(again.session.generation).toBe(1);
		});
	});

	it("B3 are recognized by their live token and the one before, as long as they live", async () => {
		const all = await keys();
		await withSessions((sessions) => {
			const { session, refreshId } = sessions.start(all, "", 0);
			const { id } = session;
			const second = sessions.refresh(all, id, refreshId, 1000).refreshId;
			expect(sessions.recognizes(id, refreshId, 2000)).toBe(true);
			expect(sessions.recognizes(id, second, 2000)).toBe(true);
			const third = sessions.refresh(all, id, second, 20_000).refreshId;
			expect(sessions.recognizes(id, refreshId, 21_000)).toBe(false);
			expect(sessions.recognizes(id, undefined, 21_000)).toBe(true);
			expect(sessions.recognizes("another", undefined, 21_000)).toBe(false);
			expect(sessions.recognizes(id, third, 20_000 + idleLifetime)).toBe(false);
			sessions.end(id);
			expect(sessions.recognizes(id, third, 21_000)).toBe(false);
			expect(sessions.recognizes(id, undefined, 21_000)).toBe(false);
		});
	});

	it("C7 end when a token is used long after its successor was", async () => {
		const all = await keys();
		await withSessions((sessions, ended) => {
			const { session, refreshId } = sessions.start(all, "", 0);
			const second = sessions.refresh(all, session.id, refreshId, 1000);
			const third = sessions.refresh(all, session.id, second.refreshId, 20_000);
			expect(codeOf(() => sessions.refresh(all, session.id, refreshId, 21_000))).toBe(
				"refresh_reused",
			);
			expect(ended).toEqual([session.id]);
			expect(codeOf(() => sessions.refresh(all, session.id, third.refreshId, 22_000))).toBe(
				"unauthorized",
			);
		});
	});

	it("C7 keep a superseded token for ten seconds at least", async () => {
		const all = await keys();
		await withSessions((sessions, _ended, storage) => {
			const { session, refreshId } = sessions.start(all, "", 0);
			const second = sessions.refresh(all, session.id, refreshId, 1000);
			const third = sessions.refresh(all, session.id, second.refreshId, 2000);
			const late = sessions.refresh(all, session.id, refreshId, 10_999);
			expect(late.refreshId).toBe(third.refreshId);
			// Nor does the next instance of the object forget it: a deploy ends this one at once.
			const next = new Sessions(storage.sql, () => {});
			expect(next.refresh(all, session.id, refreshId, 10_999).refreshId).toBe(third.refreshId);
			expect(codeOf(() => sessions.refresh(all, session.id, refreshId, 11_000))).toBe(
				"refresh_reused",
			);
		});
	});

	it("C9 end when they are idle, and at the latest when they are old", async () => {
		const all = await keys();
		await withSessions((sessions) => {
			const idle = sessions.start(all, "", 0).session.id;
			expect(sessions.find(idle, idleLifetime - 1)).toBeDefined();
			expect(sessions.find(idle, idleLifetime)).toBeUndefined();
			const { session, refreshId } = sessions.start(all, "", 0);
			let live = refreshId;
			for (let now = 1; now < absoluteLifetime; now += idleLifetime - 1) {
				live = sessions.refresh(all, session.id, live, now).refreshId;
			}
			expect(sessions.find(session.id, absoluteLifetime - 1)).toBeDefined();
			expect(sessions.find(session.id, absoluteLifetime)).toBeUndefined();
		});
	});

	it("C11 are 50 at most: the one unused for the longest time goes", async () => {
		const all = await keys();
		await withSessions((sessions, ended, { sql }) => {
			const ids = Array.from({ length: 50 }, (_, n) => sessions.start(all, "", n).session.id);
			const first = ids[0] as string;
			const tokens = sessions.start(all, "", 50);
			expect(ended).toEqual([first]);
			sessions.refresh(all, tokens.session.id, tokens.refreshId, 60);
			sessions.start(all, "", 61);
			expect(ended).toEqual(ids.slice(0, 2));
			expect(sql.exec("SELECT count(*) AS n FROM _userdo_sessions").one().n).toBe(50);
		});
	});

	it("go on when the secret was changed between two refreshes", async () => {
		const before = await keys();
		const after = await loadTokenKeys({
			JWT_SECRET: "a-newer-secret-0123456789-abcdefghijkl",
			JWT_SECRET_PREVIOUS: "sessions-test-0123456789-abcdefghij",
		});
		await withSessions((sessions) => {
			const { session, refreshId } = sessions.start(before, "", 0);
			const second = sessions.refresh(before, session.id, refreshId, 1000);
			const again = sessions.refresh(after, session.id, refreshId, 2000);
			expect(again.refreshId).toBe(second.refreshId);
			const third = sessions.refresh(after, session.id, second.refreshId, 3000);
			expect(codeOf(() => sessions.refresh(after, session.id, third.refreshId, 4000))).toBe("ok");
		});
	});

	it("are read back by the next instance of the object", async () => {
		const all = await keys();
		await withSessions((sessions, _ended, { sql }) => {
			const { session, refreshId } = sessions.start(all, "Firefox", 1);
			const next = new Sessions(sql, () => {});
			expect(next.find(session.id, 2)).toEqual(session);
			expect(next.refresh(all, session.id, refreshId, 3).session.generation).toBe(1);
			expect(hashTokenId(refreshId)).toBe(session.tokenHash);
		});
	});
});

describe("refreshing", () => {
	it("C8 gives new tokens, and the same ones to parallel tabs", async () => {
		const { stub, signedIn } = await signUp();
		const pairs = await Promise.all(
			Array.from({ length: 10 }, () => stub.refreshToken(signedIn) as Promise<SignedIn>),
		);
		const ids = pairs.map(({ refreshToken }) => decodeJwt(refreshToken).jti);
		expect(new Set(ids).size).toBe(1);
		const { token } = pairs[3] as SignedIn;
		expect(await stub.verifyToken({ token })).toMatchObject({ ok: true });
	});

	it("J6, J7 is not for another user's token, nor for an access token", async () => {
		const { stub, signedIn } = await signUp();
		const other = await signUp();
		expect(await refusal(other.stub.refreshToken(signedIn))).toMatchObject({
			code: "unauthorized",
		});
		expect(await refusal(stub.refreshToken({ refreshToken: signedIn.token }))).toMatchObject({
			code: "unauthorized",
		});
		expect(await refusal(stub.verifyToken({ token: signedIn.refreshToken }))).toMatchObject({
			code: "unauthorized",
		});
	});

	it("C6 stops with the session, which logout ends alone or with all others", async () => {
		const { email, stub, signedIn, session } = await signUp();
		const second = (await stub.login({ email, password })) as SignedIn;
		await stub.logout({ sid: session.sid });
		expect(await refusal(stub.refreshToken(signedIn))).toMatchObject({ code: "unauthorized" });
		expect(await stub.verifyToken({ token: second.token })).toMatchObject({ ok: true });
		await stub.logout();
		expect(await refusal(stub.verifyToken({ token: second.token }))).toMatchObject({
			code: "unauthorized",
		});
	});
});
