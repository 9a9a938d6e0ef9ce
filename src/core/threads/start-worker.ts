import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker, type ResourceLimits } from "node:worker_threads";

export interface WorkerStart {
  /** Of the thread, as debuggers and profiles show it. */
  readonly name: string;
  /** Plain data. */
  readonly workerData?: unknown;
  readonly resourceLimits?: ResourceLimits;
}

/** Runs a file as a thread. `file` has no extension: a compiled file stands beside a compiled one. */
export function startWorker(file: URL, start: WorkerStart): Worker {
  // TypeScript rewrites imports, not URLs.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`${file.href}.${extension}`), {
    ...start,
    env: { ...process.env, ...compileCache() },
    // A thread inherits Node's options, and refuses to start from a file under --input-type.
    ...(process.execArgv.some((option) => option.startsWith("--input-type")) && { execArgv: [] }),
  });
}

/** Threads do not inherit the compile cache; without it every start strips and compiles this one anew. */
function compileCache(): Readonly<Record<string, string>> {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}
