import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

/** Where the figures of a run come from. */
export interface Provenance {
  /** Beginning of the run, as in RFC 3339, in whole seconds. */
  readonly date: string;
  /** Short, with a plus sign where the sources differ from it. */
  readonly commit: string;
  readonly node: string;
  /** Model of the first processor, without commas: it becomes a cell of a table. */
  readonly cpu: string;
}

/** Read before the build: a commit that is made while the run goes on is not what it measures. */
export function provenance(now: Date): Provenance {
  const changed = git("status", "--porcelain", "--", "src") !== "";
  return {
    date: `${now.toISOString().slice(0, 19)}Z`,
    commit: `${git("rev-parse", "--short", "HEAD")}${changed ? "+" : ""}`,
    node: process.version,
    cpu: (cpus()[0]?.model ?? "unknown").replace(/[\s",]+/g, " ").trim(),
  };
}

/** Empty where this is no checkout. */
function git(...parameters: string[]): string {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { stdout } = spawnSync("git", parameters, { encoding: "utf8", cwd });
  return (stdout ?? "").trim();
}
