/**
 * Whom an address stands for: an IPv6 customer holds at least a /64 and can change the rest at will,
 * so that is one; unknown addresses share one as well.
 */
export function networkOf(ip: string | undefined): string {
	// An IPv4 address in IPv6 spelling: by its first 64 bits all of them would be one.
	const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(ip ?? "")?.[1];
	if (mapped !== undefined) return mapped;
	if (ip === undefined || !ip.includes(":")) return ip || "unknown";
	const [head = "", tail = ""] = ip.toLowerCase().split("::");
	const left = head.split(":").filter((group) => group !== "");
	const right = ip.includes("::") ? tail.split(":").filter((group) => group !== "") : [];
	const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
	const groups = [...left, ...zeros, ...right].slice(0, 4);
	return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
