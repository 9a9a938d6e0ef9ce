import { parentPort, workerData } from "node:worker_threads";
import { rewriteBytes } from "./rewrite-bytes.ts";
import type { Rewriting } from "./rewriting.ts";

/** A thread for one large specification: it answers the rewritten bytes and ends. */
const { content, rewriting } = workerData as {
  readonly content: Uint8Array;
  readonly rewriting: Rewriting;
};
// The rule means windows; a worker thread has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(rewriteBytes(content, rewriting));
