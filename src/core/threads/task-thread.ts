import type { Worker } from "node:worker_threads";
import type { Clock } from "../clock.ts";
import { reasonOf } from "../failures.ts";
import { EndedTask } from "./ended-task.ts";
import type { TaskReply } from "./serve-tasks.ts";
import { startWorker } from "./start-worker.ts";

export interface TaskLimits {
  /** Milliseconds that one task may take. */
  readonly time: number;
  /** MiB of the thread's heap. */
  readonly heap: number;
}

export interface TaskThreadOptions {
  /** Without extension; it calls `serveTasks`. */
  readonly file: URL;
  /** Of the thread, as debuggers and profiles show it. */
  readonly name: string;
  /** What a task is called in the message of its end, such as `its check`. */
  readonly task: string;
  readonly limits: TaskLimits;
  readonly clock: Clock;
}

/** A task with the buffers within it that move to the thread, and are empty here from then on. */
export interface SentTask<Task> {
  readonly task: Task;
  readonly moved?: readonly ArrayBuffer[];
}

interface Running {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: EndedTask) => void;
  readonly limit: Disposable;
}

/** Milliseconds that a thread may take to start: it loads its code, on a machine that may be busy. */
const START_TIME = 60_000;

/** One thread, which does one task at a time, and ends with the first that exceeds its limits. */
export class TaskThread<Task, Result> {
  readonly #worker: Worker;
  readonly #options: TaskThreadOptions;
  #running: Running | undefined;
  #ended: string | undefined;

  private constructor(worker: Worker, options: TaskThreadOptions) {
    this.#worker = worker;
    this.#options = options;
    worker.on("message", (reply: TaskReply) => {
      if (reply.kind === "done") this.#settle(reply.result);
    });
    worker.on("error", (error) => this.#end(reasonOfEnd(error, options)));
    worker.on("exit", () => this.#end(`${options.task} ended unexpectedly`));
    // A thread that has nothing to do must not keep a process alive that wants to end.
    worker.unref();
  }

  /** Resolves when the thread takes tasks; rejects with EndedTask where it does not come up. */
  static async start<Task, Result>(options: TaskThreadOptions): Promise<TaskThread<Task, Result>> {
    const { file, name, task, limits, clock } = options;
    // Parsing fills the young generation as fast as it is emptied, whatever its size.
    const resourceLimits = { maxOldGenerationSizeMb: limits.heap, maxYoungGenerationSizeMb: 16 };
    const worker = startWorker(file, { name, resourceLimits });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.once("message", () => resolve());
    worker.once("error", (error) => reject(new EndedTask(reasonOfEnd(error, options), { cause: error })));
    worker.once("exit", () => reject(new EndedTask(`${task} could not be started`)));
    using _limit = clock.after(START_TIME, () =>
      reject(new EndedTask(`${task} could not be started in time`)),
    );
    try {
      await promise;
      return new TaskThread<Task, Result>(worker, options);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  /** Whether it takes another task. */
  get usable(): boolean {
    return this.#ended === undefined;
  }

  /** Rejects with EndedTask where the task exceeds the limits. Never called while another one runs. */
  run({ task, moved = [] }: SentTask<Task>): Promise<Result> {
    if (this.#ended !== undefined) return Promise.reject(new EndedTask(this.#ended));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const { limits, clock, task: called } = this.#options;
    const late = `${called} took longer than ${limits.time / 1000} s`;
    this.#running = { resolve, reject, limit: clock.after(limits.time, () => this.#end(late)) };
    this.#worker.ref();
    this.#worker.postMessage(task, [...moved]);
    return promise as Promise<Result>;
  }

  async close(): Promise<void> {
    this.#end(`${this.#options.task} was stopped`);
    await this.#worker.terminate();
  }

  #settle(result: unknown): void {
    const running = this.#running;
    this.#running = undefined;
    this.#worker.unref();
    running?.limit[Symbol.dispose]();
    running?.resolve(result);
  }

  #end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    const running = this.#running;
    this.#running = undefined;
    running?.limit[Symbol.dispose]();
    running?.reject(new EndedTask(reason));
    void this.#worker.terminate();
  }
}

function reasonOfEnd(error: unknown, { task, limits }: TaskThreadOptions): string {
  const outOfMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return outOfMemory ? `${task} needed more than ${limits.heap} MiB` : `${task} failed: ${reasonOf(error)}`;
}
