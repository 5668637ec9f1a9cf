import { UserDOClient } from "@userdo/client";
import { live } from "@userdo/client/live";
import type { EndpointResponse } from "@userdo/contracts";
import { isUserDOError } from "@userdo/contracts/errors";
import type { collections } from "./contract.js";

const client = new UserDOClient<typeof collections>("https://api.example.com/api");
const list = document.querySelector("ul");
const output = document.querySelector("output");

type Account = EndpointResponse<"GET /api/me">["user"];
const greet = ({ email }: Account) => output?.append(email);

live(client.collection("tasks"))
	.where("done", "==", false)
	.orderBy("createdAt", "desc")
	.subscribe(({ data }) => {
		list?.replaceChildren(
			...data.map(({ title }) =>
				Object.assign(document.createElement("li"), { textContent: title }),
			),
		);
	});

try {
	const { user } = await client.login("user@example.com", "a long passphrase");
	greet(user);
} catch (error) {
	if (!isUserDOError(error, "invalid_credentials")) throw error;
}
