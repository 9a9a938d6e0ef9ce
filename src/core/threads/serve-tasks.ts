import { parentPort } from "node:worker_threads";

/** What comes of a task. */
export interface Finished {
  readonly result: unknown;
  /** Buffers within the result that move rather than being copied. */
  readonly moved?: readonly ArrayBuffer[];
}

export type TaskReply = { readonly kind: "ready" } | { readonly kind: "done"; readonly result: unknown };

/**
 * Makes this thread one that TaskThreads gives tasks to: one after the other, each answered once. Both sides have
 * to agree on what a task is.
 */
export function serveTasks(work: (task: never) => Finished): void {
  const port = parentPort;
  if (!port) throw new Error("this file runs as a worker thread only");
  const answer = (reply: TaskReply, moved: readonly ArrayBuffer[] = []) =>
    port.postMessage(reply, [...moved]);
  port.on("message", (task) => {
    const { result, moved } = work(task as never);
    answer({ kind: "done", result }, moved);
  });
  answer({ kind: "ready" });
}
