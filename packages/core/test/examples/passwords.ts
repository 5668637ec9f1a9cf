import { breachedPasswords, pbkdf2, UserDO, type UserDOOptions } from "@userdo/core";
import { commonPasswords } from "@userdo/core/common-passwords";

export class MyAppDO extends UserDO {
	static override options: UserDOOptions = {
		passwordHasher: pbkdf2,
		passwordPolicy: { minLength: 12, rejectCommon: [commonPasswords, breachedPasswords()] },
	};
}
