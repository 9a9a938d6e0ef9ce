import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Path from the repository's root → text, for all files that match. */
export function readSources(pattern: string): Readonly<Record<string, string>> {
  const paths = globSync(pattern, { cwd: repositoryRoot }).toSorted();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(`${repositoryRoot}/${path}`, "utf8")]));
}
