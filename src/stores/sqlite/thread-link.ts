import type { Worker } from "node:worker_threads";
import { startWorker } from "../../core/threads/start-worker.ts";
import type { StoreFailure } from "../store-failure.ts";
import type { Opened, SentFailure } from "./protocol.ts";
import { receivedFailure } from "./sent-failure.ts";

export interface ThreadOptions {
  /** Of the thread, as debuggers and profiles show it. */
  readonly name: string;
  /** Plain data. */
  readonly workerData: unknown;
}

/**
 * Megabytes of young objects in each thread: texts on their way, which are gone when they are sent. V8 would take
 * several times as much before it looks which of them it may forget.
 */
const YOUNG = 12;

/** What is answered instead by a thread that is no more. */
export interface ThreadFailures {
  /** It broke down, with this error. */
  readonly broken: (error: unknown) => StoreFailure;
  readonly closed: () => StoreFailure;
}

type ThreadReply =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: SentFailure };

interface Pending {
  readonly operation: string;
  /** What is made of the answer at once, before what came after it is looked at. */
  readonly read: ((result: never) => unknown) | undefined;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs the file of that name in this folder as a thread. Resolves when it says that it has opened what it
 * serves; rejects with why it has not, the thread being gone.
 */
export async function startThread(file: string, options: ThreadOptions): Promise<Worker> {
  const worker = startWorker(new URL(`./${file}`, import.meta.url), {
    ...options,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });
  const opened = await new Promise<Opened>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  if (opened.kind === "opened") return worker;
  await worker.terminate();
  throw receivedFailure(opened.failure);
}

/** A thread as seen from outside: one promise for each request. It ends by a request `close` of its own. */
export class ThreadLink<
  Asked extends { readonly operation: string },
  Answers extends Readonly<Record<Asked["operation"], unknown>>,
> {
  readonly #worker: Worker;
  readonly #failures: ThreadFailures;
  readonly #pending = new Map<number, Pending>();
  /** What is sent at the end of this turn of the event loop. */
  #unsent: { readonly id: number; readonly request: Asked }[] = [];
  readonly #ended = new AbortController();
  #next = 1;
  #closed: Promise<void> | undefined;

  constructor(worker: Worker, failures: ThreadFailures) {
    this.#worker = worker;
    this.#failures = failures;
    worker.on("message", (replies: readonly ThreadReply[]) => {
      for (const reply of replies) this.#settle(reply);
    });
    worker.on("error", (error) => this.#end(failures.broken(error)));
    worker.on("exit", () => this.#end(failures.closed()));
  }

  /** Aborted when the thread has ended, whatever the reason. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Whether it takes requests. */
  get usable(): boolean {
    return !this.#ended.signal.aborted && this.#closed === undefined;
  }

  /** How many requests have no answer yet; those operations are not counted. */
  waiting(except: ReadonlySet<string>): number {
    let count = 0;
    for (const { operation } of this.#pending.values()) if (!except.has(operation)) count++;
    return count;
  }

  /** `read` makes the result of the answer, before anything that the thread sent after it is looked at. */
  call<R extends Asked, Result = Answers[R["operation"]]>(
    request: R,
    read?: (answer: Answers[R["operation"]]) => Result,
  ): Promise<Result> {
    if (this.#ended.signal.aborted) return Promise.reject(this.#ended.signal.reason as Error);
    if (this.#closed) return Promise.reject(this.#failures.closed());
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#pending.set(id, { operation: request.operation, read, resolve, reject });
      this.#unsent.push({ id, request });
      if (this.#unsent.length === 1) setImmediate(() => this.#send());
    });
  }

  /** Ends the thread after everything that was asked before; what is still waiting rejects. */
  async close(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async #close(): Promise<void> {
    try {
      await this.call({ operation: "close" } as Asked);
    } finally {
      this.#end(this.#failures.closed());
      await this.#worker.terminate();
    }
  }

  /** In one message: each wakes the other thread, which costs more than most requests. */
  #send(): void {
    const requests = this.#unsent;
    this.#unsent = [];
    // The rule means windows; a worker thread has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#worker.postMessage(requests);
  }

  #settle(reply: ThreadReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (!pending) return;
    if ("failure" in reply) return pending.reject(receivedFailure(reply.failure));
    try {
      pending.resolve((pending.read?.(reply.result as never) ?? reply.result) as never);
    } catch (error) {
      pending.reject(error);
    }
  }

  #end(failure: StoreFailure): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(failure);
    for (const { reject } of this.#pending.values()) reject(failure);
    this.#pending.clear();
  }
}
