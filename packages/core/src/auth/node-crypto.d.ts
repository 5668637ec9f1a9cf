// The one function that is used of it: a Worker's project need not have the types of Node.
declare module "node:crypto" {
	export function scrypt(
		password: Uint8Array,
		salt: Uint8Array,
		keyLength: number,
		options: { N: number; r: number; p: number; maxmem: number },
		callback: (error: Error | null, derivedKey: Uint8Array) => void,
	): void;
}
