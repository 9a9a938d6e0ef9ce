import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { owned } from "../processes/owned.ts";
import { pinned } from "../processes/pinned.ts";
import { usageOf } from "../processes/usage.ts";
import type { MutualServer, MutualSurroundings } from "./start-server.ts";

export interface MutualLoad {
  readonly kind: "requests" | "handshakes" | "visits";
  readonly connections: number;
  readonly seconds: number;
}

export interface MutualResult {
  readonly perSecond: number;
  /** Processor time of the server for each, in microseconds. */
  readonly cpu: number;
  readonly failed: number;
}

/** Runs `load.ts` once against a server, and reads what that cost the server. */
export async function applyMutualLoad(
  server: Pick<MutualServer, "port" | "pid">,
  load: MutualLoad,
  { directory, core }: MutualSurroundings,
): Promise<MutualResult> {
  const script = fileURLToPath(new URL("load.ts", import.meta.url));
  const amounts = [server.port, load.connections, load.seconds].map(String);
  const { program, parameters } = pinned(core, process.execPath, [script, load.kind, directory, ...amounts]);
  const before = usageOf(server.pid).cpuMicroseconds;
  const child = owned(spawn(program, parameters, { stdio: ["ignore", "pipe", "inherit"], detached: true }));
  const exit = once(child, "exit");
  const output = await text(child.stdout);
  await exit;
  const { done, failed, seconds } = JSON.parse(output) as Record<"done" | "failed" | "seconds", number>;
  const cpu = (usageOf(server.pid).cpuMicroseconds - before) / done;
  return { perSecond: done / seconds, cpu, failed };
}
