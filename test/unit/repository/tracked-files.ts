import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { repositoryRoot } from "../../architecture/source-files.ts";

const NOT_OURS = ["node_modules", "dist", "coverage", ".git", ".cache"];

/** Files that git has or would take; without git (an unpacked archive) all files but what is installed or built. */
export function trackedFiles(): readonly string[] {
  const found = existsSync(`${repositoryRoot}/.git`)
    ? listedByGit()
    : globSync("**/*", { cwd: repositoryRoot, exclude: NOT_OURS, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`.slice(repositoryRoot.length));
  return found.filter((path) => existsSync(`${repositoryRoot}/${path}`)).toSorted();
}

function listedByGit(): readonly string[] {
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const output = execFileSync("git", listing, { cwd: repositoryRoot, encoding: "utf8" });
  return output.split("\0").filter((path) => path !== "");
}
