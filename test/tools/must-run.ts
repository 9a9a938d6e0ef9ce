import { spawnSync, type SpawnSyncOptions } from "node:child_process";

/** Runs a program to its end, with its output on ours; throws unless it succeeds. */
export function mustRun(
  program: string,
  args: readonly string[],
  options: Pick<SpawnSyncOptions, "cwd" | "env"> = {},
): void {
  const { status, error } = spawnSync(program, args, { ...options, stdio: ["ignore", "inherit", "inherit"] });
  if (error) throw new Error(`cannot run ${program}: is it installed?`, { cause: error });
  if (status !== 0) throw new Error(`${program} ${args[0] ?? ""} failed`);
}
