import { cp, mkdir, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { outsideEnv, root, run } from "./run.js";

/** The files below a folder of this repository, as git sees them: nothing that is built or ignored. */
async function listFiles(folder: string): Promise<string[]> {
	const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder];
	const listed = await run(["git", ...args], { cwd: root, env: outsideEnv() });
	// In the middle of a merge a file is listed more than once.
	const files = [...new Set(listed.split("\0"))].filter((path) => path !== "");
	const exist = await Promise.all(files.map((path) => stat(join(root, path)).catch(() => null)));
	// A file that was deleted is listed until that is committed.
	return files.filter((_, index) => exist[index]?.isFile());
}

/** Copies the files below a folder of this repository, to the same place below another root. */
export async function copyFiles(folder: string, target: string): Promise<void> {
	for (const path of await listFiles(folder)) {
		await mkdir(dirname(join(target, path)), { recursive: true });
		await cp(join(root, path), join(target, path));
	}
}

/** Copies this repository as it is on the disk, to a git repository of its own with one commit. */
export async function copyCheckout(target: string): Promise<void> {
	await copyFiles(".", target);
	await symlink(join(root, "node_modules"), join(target, "node_modules"), "junction");
	const git = (...args: string[]) => run(["git", ...args], { cwd: target, env: outsideEnv() });
	await git("init", "--quiet");
	// Whoever works here may sign with a key, or have no name, as in CI; tags need one as well.
	const settings = {
		"user.name": "Rehearsal",
		"user.email": "rehearsal@example.com",
		"commit.gpgSign": "false",
		"tag.gpgSign": "false",
		"core.hooksPath": "/dev/null",
	};
	for (const [name, value] of Object.entries(settings)) await git("config", name, value);
	await git("add", "--all");
	await git("commit", "--quiet", "--message", "What is to be released");
}
