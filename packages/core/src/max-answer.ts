/**
 * Characters of JSON that one answer of the object holds: an RPC carries 32 MiB, and an isolate has
 * 128 MB for all that are under way.
 */
export const maxAnswer = 8 * 1024 * 1024;
