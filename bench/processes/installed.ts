import { spawnSync } from "node:child_process";

/** Whether a program stands on PATH or where Debian puts servers. */
export function installed(program: string): string | undefined {
  for (const candidate of [program, `/usr/sbin/${program}`]) {
    const { error } = spawnSync(candidate, ["-v"], { stdio: "ignore" });
    if (!error) return candidate;
  }
  return undefined;
}
