/** A change as it stands in a frame; `body` is JSON. */
export function toChange(seq: number, event: string, body: string, timestamp: number): string {
	return `{"seq":${seq},"event":${JSON.stringify(event)},"data":${body},"timestamp":${timestamp}}`;
}

/** A frame of such changes. */
export function toFrame(from: number, to: number, changes: readonly string[]): string {
	return `{"type":"changes","from":${from},"to":${to},"changes":[${changes.join(",")}]}`;
}
