import type { EndpointRequest, EndpointResponse } from "@userdo/contracts";

type SignupRequest = EndpointRequest<"POST /api/signup">; // { email: string; password: string }
type SignupResponse = EndpointResponse<"POST /api/signup">; // { user: User; ... }

async function signup(body: SignupRequest): Promise<SignupResponse> {
	const response = await fetch("/api/signup", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
	return response.json();
}

export { signup };
