import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { reasonOf } from "../../core/failures.ts";
import { StoreFailure } from "../store-failure.ts";
import type { Envelope, Opened, Reply, Request, Results, WorkerOptions } from "./protocol.ts";
import { receivedFailure } from "./request-loop.ts";

/** Threads do not inherit the compile cache; without it every start strips and compiles this one anew. */
function compileCache(): Readonly<Record<string, string>> {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The store's thread as seen from outside: one promise for each request. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #ended = new AbortController();
  #next = 1;
  #lastWatch = 0;
  #closed: Promise<void> | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (replies: readonly Reply[]) => {
      for (const reply of replies) this.#settle(reply);
    });
    worker.on("error", (error) =>
      this.#end(new StoreFailure("STORE_UNAVAILABLE", [reasonOf(error)], { cause: error })),
    );
    worker.on("exit", () => this.#end(new StoreFailure("STORE_CLOSED")));
  }

  /** Resolves when the data directory is open; rejects with why it is not, the thread being gone. */
  static async start(options: WorkerOptions): Promise<WorkerLink> {
    // A compiled file stands beside a compiled one; TypeScript rewrites imports, not URLs.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      workerData: options,
      env: { ...process.env, ...compileCache() },
      // A thread inherits Node's options, and refuses to start from a file under --input-type.
      ...(process.execArgv.some((option) => option.startsWith("--input-type")) && { execArgv: [] }),
      name: "appconn-store",
    });
    const opened = await new Promise<Opened>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    if (opened.kind === "opened") return new WorkerLink(worker);
    await worker.terminate();
    throw receivedFailure(opened.failure);
  }

  /** Aborted when the thread has ended, whatever the reason. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  call<R extends Request>(request: R): Promise<Results[R["operation"]]> {
    if (this.#ended.signal.aborted) return Promise.reject(this.#ended.signal.reason as Error);
    if (this.#closed) return Promise.reject(new StoreFailure("STORE_CLOSED"));
    return new Promise((resolve, reject) => {
      const envelope: Envelope = { id: this.#next++, request };
      this.#pending.set(envelope.id, { resolve, reject });
      // The rule means windows; a worker thread has no origin.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      this.#worker.postMessage(envelope);
    });
  }

  /** A number for a watch that no other watch of this store has. */
  newWatch(): number {
    return ++this.#lastWatch;
  }

  /** Ends the thread after everything that was asked before; what is still waiting rejects. */
  async close(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async #close(): Promise<void> {
    try {
      await this.call({ operation: "close" });
    } finally {
      this.#end(new StoreFailure("STORE_CLOSED"));
      await this.#worker.terminate();
    }
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ("failure" in reply) pending?.reject(receivedFailure(reply.failure));
    else pending?.resolve(reply.result as never);
  }

  #end(failure: StoreFailure): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(failure);
    for (const { reject } of this.#pending.values()) reject(failure);
    this.#pending.clear();
  }
}
