import type { User } from "@userdo/contracts";
import { type Env, UserDO } from "@userdo/core";

interface AppEnv extends Env {
	CRM: { remove(id: string): Promise<void> };
}

export class MyAppDO extends UserDO<AppEnv> {
	protected override authorizeSignup({ email }: { email: string }) {
		return email.endsWith("@example.com");
	}

	protected override async onSignup(_user: User) {
		await this.set("preferences", { theme: "light" });
	}

	protected override async onDelete(user: User) {
		await this.env.CRM.remove(user.id);
	}
}
