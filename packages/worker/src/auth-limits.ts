import { normalizeEmail } from "@userdo/contracts";
import { isUserDOError } from "@userdo/contracts/errors";
import type { LimitCount } from "@userdo/core";
import { objectName } from "@userdo/core/identity";
import { loadTokenKeys, verifyToken } from "@userdo/core/tokens";
import type { Context } from "hono";
import { inBackground } from "./background.js";
import { getState, type RequestState } from "./context.js";
import { callAsServer } from "./get-user-do.js";
import {
	type Counted,
	checkRule,
	countTry,
	forgetTries,
	keepTry,
	networkOfRequest,
	type RateLimit,
	type RateLimitBinding,
	takeBack,
} from "./rate-limits.js";
import { getNamespace } from "./stub.js";

/** The limits of the built-in routes. `false` switches one off. */
export interface RateLimits {
	/** Sign-ins from one network, and by themselves uses of mailed links; 10 a minute. */
	login?: RateLimit | RateLimitBinding | false;
	/** Sign-ups from one network; 10 a minute. */
	signup?: RateLimit | RateLimitBinding | false;
	/** Requests for a mailed link from one network; 5 a minute. */
	reset?: RateLimit | RateLimitBinding | false;
	/** Exchanges of refresh tokens by one user from one network; 60 a minute. */
	refresh?: RateLimit | RateLimitBinding | false;
	/** New sockets of one user from one network; 30 a minute. */
	socket?: RateLimit | RateLimitBinding | false;
	/** Failed sign-ins on one account from everywhere, and from each known device; 30 an hour. */
	failedLogins?: RateLimit | false;
	/** Requests for a mailed link to one address; 3 an hour. */
	mails?: RateLimit | false;
}

const defaults: Required<RateLimits> = {
	login: { limit: 10, period: 60 },
	signup: { limit: 10, period: 60 },
	reset: { limit: 5, period: 60 },
	refresh: { limit: 60, period: 60 },
	socket: { limit: 30, period: 60 },
	failedLogins: { limit: 30, period: 3600 },
	mails: { limit: 3, period: 3600 },
};

/**
 * How long a sign-in counts for its account while nobody knows how it ends. Longer than any takes, or
 * more tries at once than the limit would pass.
 */
const signInTrial = 30;

const none: Required<RateLimits> = {
	login: false,
	signup: false,
	reset: false,
	refresh: false,
	socket: false,
	failedLogins: false,
	mails: false,
};

/** Counts for the built-in routes, before anything is done for them. */
export class AuthLimits {
	readonly #rules: Required<RateLimits>;

	/** @throws UserDOError `misconfigured` */
	constructor(rules: RateLimits | false = {}) {
		this.#rules = rules === false ? none : { ...defaults, ...rules };
		for (const [name, rule] of Object.entries(this.#rules)) checkRule(name, rule);
	}

	/** What nobody has to be signed in for, by the network. */
	async network(c: Context, name: "login" | "signup" | "reset" | "confirm"): Promise<void> {
		const network = networkOfRequest(c);
		if (network === undefined) return;
		const rule = this.#rules[name === "confirm" ? "login" : name];
		await countTry(c, { name, key: network, rule });
	}

	/**
	 * By the user and the network: nobody runs into what a neighbour behind the same address does, nor
	 * a whole office that connects again after a deploy into itself.
	 */
	async user(c: Context, name: "refresh" | "socket", id: string): Promise<void> {
		const network = networkOfRequest(c);
		if (network === undefined) return;
		await countTry(c, { name, key: `${id}:${network}`, rule: this.#rules[name] });
	}

	/**
	 * A socket of that user, which the user's own object counts, since it is called anyway: what is to
	 * be counted there. Undefined where nothing is, or a binding has counted it.
	 */
	async socket(c: Context, id: string): Promise<LimitCount | undefined> {
		const rule = this.#rules.socket;
		const network = networkOfRequest(c);
		if (rule === false || network === undefined) return undefined;
		if (!("binding" in rule)) return { key: `socket:${network}`, ...rule };
		await this.user(c, "socket", id);
		return undefined;
	}

	/** A refresh by whomever the token names. One that is not ours goes no further anyway. */
	async refresh(c: Context, token: string | undefined): Promise<void> {
		const state = getState(c);
		const claims = await readRefreshToken(c, state, token ?? state.refreshToken);
		const id = claims?.sub ?? (token === undefined ? state.session?.id : undefined);
		if (id !== undefined) await this.user(c, "refresh", id);
	}

	/** Mails to one address, whether it has an account or not. */
	async mail(c: Context, name: string, email: string): Promise<void> {
		const rule = this.#rules.mails;
		await countTry(c, { name: `mails:${name}`, key: normalizeEmail(email), rule });
	}

	/** Whether one more mail may go to that address; for those that nobody waits for. */
	async allowsMail(c: Context, name: string, email: string): Promise<boolean> {
		try {
			await this.mail(c, name, email);
			return true;
		} catch (error) {
			if (isUserDOError(error, "rate_limited")) return false;
			throw error;
		}
	}

	/** Nothing was mailed after all. */
	async returnMail(c: Context, name: string, email: string): Promise<void> {
		if (this.#rules.mails === false) return;
		await forgetTries(c, `mails:${name}:${normalizeEmail(email)}`, "last");
	}

	/** What failed before counts no longer: a mailed link has proved who the owner is. */
	async forgive(c: Context, email: string): Promise<void> {
		if (this.#rules.failedLogins === false) return;
		await forgetTries(c, `failedLogins:${objectName(email, getState(c).tenant)}`, "all");
	}

	/**
	 * A sign-in, or whatever else asks for the account's password without a session: it counts for the
	 * account unless it succeeds, and no answer that says so leaves before it is counted. Where nothing
	 * has failed before, one that succeeds costs no call to take it back: it was on trial. A device on
	 * which this user is signed in has a count of its own, so that nobody elsewhere can lock the owner
	 * out.
	 */
	async password<R>(c: Context, email: string, signIn: () => Promise<R>): Promise<R> {
		const state = getState(c);
		const name = objectName(email, state.tenant);
		const device = await findKnownDevice(c, state, name);
		state.knownDevice = device !== undefined;
		const key = device === undefined ? name : `${name}:${device}`;
		const rule = this.#rules.failedLogins;
		const counted = await countTry(c, { name: "failedLogins", key, rule, trial: signInTrial });
		if (counted === undefined) return signIn();
		const settled = settleTry(c, counted, signIn);
		// Whoever hangs up before the answer has tried all the same.
		await inBackground(
			c,
			async () => void (await settled),
			() => {},
		);
		return settled;
	}
}

async function settleTry<R>(c: Context, counted: Counted, signIn: () => Promise<R>): Promise<R> {
	try {
		const result = await signIn();
		if (counted.trial === undefined) {
			await inBackground(c, () => takeBack(c, counted, "all"));
		}
		return result;
	} catch (error) {
		const isWrong =
			isUserDOError(error, "invalid_credentials") || isUserDOError(error, "wrong_password");
		// Else no password was looked at.
		await (isWrong ? keepTry(c, counted) : takeBack(c, counted, "last"));
		throw error;
	}
}

/**
 * The session that the request brings tokens of, where it is this account's and lives. One that has
 * ended tells nothing any more: its tokens may be why it was ended.
 */
async function findKnownDevice(
	c: Context,
	state: RequestState,
	name: string,
): Promise<string | undefined> {
	const id = getNamespace(c.env, state.binding).idFromName(name).toString();
	const claimed = state.session ?? (await readDevice(c, state));
	if (claimed?.id !== id) return undefined;
	const { sid, refreshId } = claimed as Device;
	const step = { name: "isKnownDevice", args: [{ sid, refreshId }] };
	return (await callAsServer(c, state, { id }, step)) === true ? sid : undefined;
}

interface Device {
	id: string;
	sid: string;
	/** The `jti` of the refresh token that says so. */
	refreshId?: string;
}

async function readDevice(c: Context, state: RequestState): Promise<Device | undefined> {
	const claims = await readRefreshToken(c, state, state.refreshToken);
	return claims && { id: claims.sub, sid: claims.sid, refreshId: claims.jti };
}

async function readRefreshToken(c: Context, { audience }: RequestState, token: string | undefined) {
	if (token === undefined) return undefined;
	const keys = await loadTokenKeys(c.env);
	return verifyToken(keys, "refresh", token, audience).catch(() => undefined);
}
