import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import { reasonOf } from "../../core/failures.ts";
import type { NewDocument } from "../document.ts";
import type { CheckMessage, CheckResults, CheckTask } from "./check-protocol.ts";

export interface ThreadLimits {
  /** Milliseconds that one task may take. */
  readonly time: number;
  /** MiB of the thread's heap. */
  readonly heap: number;
}

/** A task that ended the thread rather than the other way round; the message says how, for a finding. */
class EndedTask extends Error {
  override name = "EndedTask";
}

interface Running {
  readonly resolve: (result: never) => void;
  readonly reject: (error: EndedTask) => void;
  readonly limit: Disposable;
}

/** Milliseconds that a thread may take to start: it loads parsers, on a machine that may be busy. */
const START_TIME = 60_000;

/** Threads do not inherit the compile cache; without it every start strips and compiles this one anew. */
function compileCache(): Readonly<Record<string, string>> {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}

/** One thread of checks, which does one task at a time, and ends with the first that exceeds its limits. */
export class CheckThread {
  readonly #worker: Worker;
  readonly #limits: ThreadLimits;
  readonly #clock: Clock;
  #running: Running | undefined;
  #ended: string | undefined;

  private constructor(worker: Worker, limits: ThreadLimits, clock: Clock) {
    this.#worker = worker;
    this.#limits = limits;
    this.#clock = clock;
    worker.on("message", (message: CheckMessage) => {
      if (message.kind === "done") this.#settle(message.result);
    });
    worker.on("error", (error) => this.#end(reasonOfEnd(error, limits)));
    worker.on("exit", () => this.#end("its check ended unexpectedly"));
    // A thread that has nothing to do must not keep a process alive that wants to end.
    worker.unref();
  }

  /** Resolves when the thread takes tasks; rejects with EndedTask where it does not come up. */
  static async start(limits: ThreadLimits, clock: Clock): Promise<CheckThread> {
    const worker = startWorker(limits);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.once("message", () => resolve());
    worker.once("error", (error) => reject(new EndedTask(reasonOfEnd(error, limits), { cause: error })));
    worker.once("exit", () => reject(new EndedTask("no check could be started")));
    using _limit = clock.after(START_TIME, () => reject(new EndedTask("no check could be started in time")));
    try {
      await promise;
      return new CheckThread(worker, limits, clock);
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
  run<Task extends CheckTask>(task: Task): Promise<CheckResults[Task["kind"]]> {
    if (this.#ended !== undefined) return Promise.reject(new EndedTask(this.#ended));
    return new Promise((resolve, reject) => {
      const { time } = this.#limits;
      const limit = this.#clock.after(time, () => this.#end(`its check took longer than ${time / 1000} s`));
      this.#running = { resolve, reject, limit };
      this.#worker.ref();
      const { sent, moved } = toSend(task);
      this.#worker.postMessage(sent, moved);
    });
  }

  async close(): Promise<void> {
    this.#end("the checks were stopped");
    await this.#worker.terminate();
  }

  #settle(result: CheckResults[CheckTask["kind"]]): void {
    const running = this.#running;
    this.#running = undefined;
    this.#worker.unref();
    running?.limit[Symbol.dispose]();
    running?.resolve(result as never);
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

function startWorker({ heap }: ThreadLimits): Worker {
  // A compiled file stands beside a compiled one; TypeScript rewrites imports, not URLs.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./check-worker.${extension}`, import.meta.url), {
    env: { ...process.env, ...compileCache() },
    // A thread inherits Node's options, and refuses to start from a file under --input-type.
    ...(process.execArgv.some((option) => option.startsWith("--input-type")) && { execArgv: [] }),
    // Parsing fills the young generation as fast as it is emptied, whatever its size.
    resourceLimits: { maxOldGenerationSizeMb: heap, maxYoungGenerationSizeMb: 16 },
    name: "appconn-document-checks",
  });
}

function reasonOfEnd(error: unknown, { heap }: ThreadLimits): string {
  const outOfMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return outOfMemory ? `its check needed more than ${heap} MiB` : `its check failed: ${reasonOf(error)}`;
}

/** Copies of exactly the bytes, which move: sending a part of a buffer would copy all of it. */
function toSend(task: CheckTask): { readonly sent: CheckTask; readonly moved: ArrayBuffer[] } {
  const moved: ArrayBuffer[] = [];
  const copy = ({ type, fileName, content }: NewDocument): NewDocument => {
    const own = new Uint8Array(content);
    moved.push(own.buffer);
    return { type, fileName, content: own };
  };
  const sent: CheckTask =
    task.kind === "check"
      ? { kind: "check", document: copy(task.document) }
      : { kind: "compare", before: copy(task.before), after: copy(task.after) };
  return { sent, moved };
}
