import { Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import { isOData } from "./is-odata.ts";
import { rewriteBytes } from "./rewrite-bytes.ts";
import type { Rewriting } from "./rewriting.ts";

/** Bytes up to which rewriting takes a few milliseconds at most. */
const SMALL_JSON = 128 * 1024;
const SMALL_YAML = 4 * 1024;

/** Large documents at a time, each of which may need its limit of memory. */
const MOST_THREADS = 2;
const MEMORY_MEGABYTES = 512;

/** Milliseconds for one document in a thread. */
const LONGEST = 10_000;

/**
 * Rewrites specifications, the large ones in threads of their own, so that no document holds up the process:
 * one that takes too long or too much memory is kept as it is.
 */
export class SpecificationRewriter implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #threads = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  #free = MOST_THREADS;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async rewrite(content: Uint8Array, rewriting: Rewriting): Promise<Uint8Array> {
    if (isOData(rewriting.apiType)) return content;
    const isSmall = content.length <= (startsAsJson(content) ? SMALL_JSON : SMALL_YAML);
    if (isSmall) return rewriteBytes(content, rewriting);
    await this.#turn();
    try {
      return (await this.#inThread(content, rewriting)) ?? content;
    } finally {
      this.#free++;
      this.#waiting.shift()?.();
    }
  }

  /** Ends the threads; what they were to rewrite is kept as it is. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #turn(): Promise<void> {
    // Whoever is woken may find that a newcomer was faster.
    // eslint-disable-next-line no-await-in-loop
    while (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free--;
  }

  /** undefined where the thread came to no result. */
  async #inThread(content: Uint8Array, rewriting: Rewriting): Promise<Uint8Array | undefined> {
    if (this.#isClosed) return undefined;
    const thread = startThread(content, rewriting);
    this.#threads.add(thread);
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    thread.once("message", resolve);
    thread.once("error", () => resolve(undefined));
    thread.once("exit", () => resolve(undefined));
    using _deadline = this.#clock.after(LONGEST, () => resolve(undefined));
    try {
      return await promise;
    } finally {
      this.#threads.delete(thread);
      await thread.terminate();
    }
  }
}

function startThread(content: Uint8Array, rewriting: Rewriting): Worker {
  // A compiled file stands beside a compiled one; TypeScript rewrites imports, not URLs.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./rewrite-worker.${extension}`, import.meta.url), {
    workerData: { content, rewriting },
    // A thread inherits Node's options, and refuses to start from a file under --input-type.
    ...(process.execArgv.some((option) => option.startsWith("--input-type")) && { execArgv: [] }),
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MEGABYTES },
    name: "appconn-specification",
  });
}

const OPENING_BRACE = 0x7b;

function startsAsJson(content: Uint8Array): boolean {
  // White space and a byte order mark may stand before it, but not much of it in earnest.
  const first = content.subarray(0, 1024).find((byte) => byte > 0x20 && byte < 0x80);
  return first === OPENING_BRACE;
}
