import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();

// Whatever way this process ends, it leaves none of its own behind.
process.on("exit", () => {
  for (const child of running) killGroup(child);
});

/** Notes a process that was spawned `detached`: it dies with this one, and all that it has started too. */
export function owned<Spawned extends ChildProcess>(child: Spawned): Spawned {
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** A group, because killing a master process alone would leave its workers behind. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}
