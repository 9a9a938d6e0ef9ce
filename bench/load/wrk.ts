import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";
import { once } from "node:events";
import { owned } from "../processes/owned.ts";
import { pinned } from "../processes/pinned.ts";

export interface Load {
  /** With `%d` for application and service where `estate` is given. */
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly core: number | undefined;
  readonly method?: string | undefined;
  readonly bodyBytes?: number | undefined;
  /** Walks over all APIs of so many Applications. */
  readonly estate?: { readonly applications: number; readonly services: number } | undefined;
}

export interface LoadResult {
  readonly requests: number;
  readonly microseconds: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Connections that broke or timed out. */
  readonly failed: number;
  /** Answers of 400 and more. */
  readonly refused: number;
}

/** Runs wrk once; one thread, because one core is what it gets. */
export async function applyLoad(load: Load): Promise<LoadResult> {
  const { origin, pathname, search } = new URL(load.url.replaceAll("%d", "0"));
  const script = fileURLToPath(new URL("report.lua", import.meta.url));
  const { program, parameters } = pinned(load.core, "wrk", [
    "--threads=1",
    `--connections=${load.connections}`,
    `--duration=${load.seconds}s`,
    "--timeout=10s",
    "--latency",
    `--script=${script}`,
    load.estate ? origin : `${origin}${pathname}${search}`,
  ]);
  const child = owned(
    spawn(program, parameters, {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, ...settings(load, origin) },
    }),
  );
  const exit = once(child, "exit");
  const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exit;
  const line = output.split("\n").find((candidate) => candidate.startsWith("{"));
  if (line === undefined) throw new Error(`wrk gave no figures: ${output}${complaints}`);
  return JSON.parse(line) as LoadResult;
}

/** What `report.lua` reads. */
function settings(load: Load, origin: string): Record<string, string> {
  return {
    BENCH_METHOD: load.method ?? "GET",
    BENCH_BODY_BYTES: String(load.bodyBytes ?? 0),
    BENCH_APPLICATIONS: String(load.estate?.applications ?? 0),
    BENCH_SERVICES: String(load.estate?.services ?? 1),
    BENCH_PATH: load.url.slice(origin.length),
  };
}
