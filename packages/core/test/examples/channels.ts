const names = ["table:posts", "kv:draft/*", "kv:a,b"];
// Each for itself, since a key may hold a comma.
const query = new URLSearchParams({ channels: names.map(encodeURIComponent).join(",") });
const socket = new WebSocket(`wss://example.com/api/ws?${query}`, ["userdo.v1"]);

export function hearOfComments(): void {
	socket.send(JSON.stringify({ type: "subscribe", channels: ["table:comments"] }));
}

export function hearOfPostsNoMore(): void {
	socket.send(JSON.stringify({ type: "unsubscribe", channels: ["table:posts"] }));
}
