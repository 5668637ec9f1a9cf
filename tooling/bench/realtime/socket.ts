import { randomBytes } from "node:crypto";
import { connect } from "node:net";

export interface SocketOptions {
	url: string;
	headers: Record<string, string>;
	onText(text: string): void;
}

const opcodes = { text: 1, close: 8 };

/**
 * As much of a WebSocket as a thousand clients of a bench need: Node's own takes several times the
 * processor, which the server needs as well. Resolves once it is open.
 *
 * @throws Error where the server refuses it
 */
export async function openSocket({ url, headers, onText }: SocketOptions) {
	const { hostname, port, pathname, search } = new URL(url);
	const tcp = connect({ host: hostname, port: Number(port), noDelay: true });
	const opened = Promise.withResolvers<void>();
	const closed = Promise.withResolvers<void>();
	const lines = Object.entries({
		host: `${hostname}:${port}`,
		connection: "Upgrade",
		upgrade: "websocket",
		"sec-websocket-version": "13",
		"sec-websocket-key": randomBytes(16).toString("base64"),
		...headers,
	}).map(([name, value]) => `${name}: ${value}\r\n`);
	tcp.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n`);

	let isOpen = false;
	let rest: Buffer = Buffer.alloc(0);
	tcp.on("data", (chunk: Buffer) => {
		rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
		if (!isOpen) {
			const end = rest.indexOf("\r\n\r\n");
			if (end < 0) return;
			const answer = rest.toString("latin1", 0, end);
			if (!answer.startsWith("HTTP/1.1 101 ")) {
				tcp.destroy(new Error(`${url} was answered with ${answer.split("\r\n")[0]}`));
				return;
			}
			isOpen = true;
			rest = rest.subarray(end + 4);
			opened.resolve();
		}
		for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
			rest = rest.subarray(frame.end);
			if (frame.opcode === opcodes.text) onText(frame.payload.toString());
			if (frame.opcode === opcodes.close) {
				// workerd would let go of the connection ten seconds later.
				tcp.write(toFrame(opcodes.close, frame.payload), () => tcp.destroy());
			}
		}
	});
	tcp.on("error", (error) => opened.reject(error));
	tcp.on("close", () => {
		opened.reject(new Error(`${url} was cut off.`));
		closed.resolve();
	});
	await opened.promise;
	return {
		closed: closed.promise,
		send: (text: string) => tcp.write(toFrame(opcodes.text, Buffer.from(text))),
		close: () => tcp.write(toFrame(opcodes.close, Buffer.from([1000 >> 8, 1000 & 255]))),
	};
}

/** RFC 6455, 5.2. A server masks nothing, and workerd sends no message in parts. */
function readFrame(buffer: Buffer) {
	if (buffer.length < 2) return undefined;
	const short = buffer.readUInt8(1);
	const start = short < 126 ? 2 : short === 126 ? 4 : 10;
	if (buffer.length < start) return undefined;
	const length =
		short < 126
			? short
			: short === 126
				? buffer.readUInt16BE(2)
				: Number(buffer.readBigUInt64BE(2));
	const end = start + length;
	if (buffer.length < end) return undefined;
	return { opcode: buffer.readUInt8(0) & 15, payload: buffer.subarray(start, end), end };
}

/** Of at most 125 bytes. A client has to mask; zeros leave everything as it is. */
function toFrame(opcode: number, payload: Buffer): Buffer {
	return Buffer.concat([Buffer.from([128 | opcode, 128 | payload.length, 0, 0, 0, 0]), payload]);
}
