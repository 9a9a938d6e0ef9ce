import { parentPort } from "node:worker_threads";

/** What comes of a task. */
export interface Finished<Result> {
  readonly result: Result;
  /** Buffers within the result that move rather than being copied. */
  readonly moved?: readonly ArrayBuffer[];
}

export type TaskReply = { readonly kind: "ready" } | { readonly kind: "done"; readonly result: unknown };

/** Makes this thread one that TaskThreads gives tasks to: one after the other, each answered once. */
export function serveTasks<Task, Result>(work: (task: Task) => Finished<Result>): void {
  const port = parentPort;
  if (!port) throw new Error("this file runs as a worker thread only");
  const answer = (reply: TaskReply, moved: readonly ArrayBuffer[] = []) =>
    port.postMessage(reply, [...moved]);
  port.on("message", (task: Task) => {
    const { result, moved } = work(task);
    answer({ kind: "done", result }, moved);
  });
  answer({ kind: "ready" });
}
