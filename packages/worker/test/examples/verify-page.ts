// What a page has and a Worker's types do not know.
declare const location: { hash: string; pathname: string };
declare const history: { replaceState(state: null, unused: string, url: string): void };
declare function show(text: string): void;

const token = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname);

const response = await fetch("/api/email-verification/confirm", {
	method: "POST",
	headers: { "content-type": "application/json" },
	body: JSON.stringify({ token }),
});
show(response.ok ? "Your address is confirmed." : "The link is not valid or has expired.");

export {};
