import { EndedTask } from "./ended-task.ts";
import { TaskThread, type SentTask, type TaskThreadOptions } from "./task-thread.ts";

export interface TaskThreadsOptions extends TaskThreadOptions {
  /** Tasks at a time; each may need its limit of memory. */
  readonly most: number;
  /** Milliseconds without a task after which the threads end. */
  readonly idle: number;
}

interface Waiting<Thread> {
  readonly resolve: (thread: Thread | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Threads for what would hold up everything else. They are started when there is something to do, replaced when
 * a task cost them their life, and given back after a while without any. Tasks beyond `most` wait in their order.
 */
export class TaskThreads<Task, Result> implements AsyncDisposable {
  readonly #options: TaskThreadsOptions;
  readonly #resting: TaskThread<Task, Result>[] = [];
  readonly #all = new Set<TaskThread<Task, Result>>();
  readonly #starting = new Set<Promise<TaskThread<Task, Result>>>();
  readonly #waiting = new Set<Waiting<TaskThread<Task, Result>>>();
  #free: number;
  #idle: Disposable | undefined;
  #closed = false;

  constructor(options: TaskThreadsOptions) {
    this.#options = options;
    this.#free = options.most;
  }

  /**
   * Rejects with EndedTask where the task exceeds its limits, its thread breaks down, or all are closed; with
   * the signal's reason where that is aborted before its turn. What has begun goes on to its end. `prepare` is
   * asked when the turn has come: what waits needs no second copy.
   */
  async run(prepare: () => SentTask<Task> | Promise<SentTask<Task>>, signal?: AbortSignal): Promise<Result> {
    let thread = await this.#turn(signal);
    try {
      if (!thread?.usable) thread = await this.#start();
      return await thread.run(await prepare());
    } finally {
      this.#leave(thread);
    }
  }

  /** What runs and what waits rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#idle?.[Symbol.dispose]();
    for (const { reject } of this.#waiting) reject(this.#stopped());
    this.#waiting.clear();
    await this.#end();
    // They close themselves as soon as they are there.
    await Promise.allSettled(this.#starting);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A thread that rests, or undefined where one is to be started. */
  async #turn(signal: AbortSignal | undefined): Promise<TaskThread<Task, Result> | undefined> {
    signal?.throwIfAborted();
    if (this.#closed) throw this.#stopped();
    this.#idle?.[Symbol.dispose]();
    if (this.#free > 0) {
      this.#free--;
      return this.#resting.pop();
    }
    const { promise, resolve, reject } = Promise.withResolvers<TaskThread<Task, Result> | undefined>();
    const waiting = { resolve, reject };
    const leave = () => {
      if (this.#waiting.delete(waiting)) reject(signal?.reason);
    };
    this.#waiting.add(waiting);
    signal?.addEventListener("abort", leave, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  async #start(): Promise<TaskThread<Task, Result>> {
    const starting = this.#started();
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  async #started(): Promise<TaskThread<Task, Result>> {
    const thread = await TaskThread.start<Task, Result>(this.#options);
    this.#all.add(thread);
    // Whoever closes meanwhile has not seen it.
    if (this.#closed) await thread.close();
    return thread;
  }

  #leave(thread: TaskThread<Task, Result> | undefined): void {
    const usable = thread?.usable === true ? thread : undefined;
    if (thread && !usable) this.#all.delete(thread);
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      return next.resolve(usable);
    }
    this.#free++;
    if (usable) this.#resting.push(usable);
    const { clock, idle, most } = this.#options;
    if (this.#free === most && !this.#closed) this.#idle = clock.after(idle, () => void this.#end());
  }

  async #end(): Promise<void> {
    const threads = [...this.#all];
    this.#all.clear();
    this.#resting.length = 0;
    await Promise.all(threads.map((thread) => thread.close()));
  }

  #stopped(): EndedTask {
    return new EndedTask(`${this.#options.task} was stopped`);
  }
}
