import { gzipSync } from "node:zlib";

/** Prints how large a bundle is. */
export function report(name: string, code: string): void {
	const size = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
	const zipped = gzipSync(code).byteLength;
	process.stdout.write(`${name}: ${size(Buffer.byteLength(code))}, gzip ${size(zipped)}\n`);
}
