import type { Clock } from "../../core/clock.ts";
import { movedBuffers } from "../../core/threads/moved-buffers.ts";
import { pacedCopy } from "../../core/threads/paced-copy.ts";
import { TaskThreads } from "../../core/threads/task-threads.ts";
import { embeddedContent, type EmbeddedContent } from "../embedded-content.ts";
import { readService, type RefusedRequest } from "../request/read-service.ts";
import type { ServiceRequest } from "../service-request.ts";
import type { Rewriting } from "../specification/rewriting.ts";
import type { LargeResults, LargeTask } from "./large-task.ts";
import { withoutPrototypes } from "./without-prototypes.ts";

/** Bytes up to which reading takes a few milliseconds at most, less than the way to another thread and back. */
export const SMALL_BODY = 128 * 1024;

/** Large bodies and documents at a time, each of which may need its limit of memory. */
const MOST_THREADS = 2;
const LIMITS = { time: 10_000, heap: 512 };

/** Milliseconds without a large body after which the threads are given back. */
const IDLE_TIME = 60_000;

/**
 * Reads bodies and documents, the large ones in threads of their own: the gateway answers in this process, and
 * megabytes of JSON would hold it up for tenths of a second. Rejects with EndedTask where a thread comes to no end.
 */
export class LargeWork implements AsyncDisposable {
  readonly #threads: TaskThreads<LargeTask, LargeResults[LargeTask["kind"]]>;

  constructor(clock: Clock) {
    this.#threads = new TaskThreads({
      file: new URL("./large-worker", import.meta.url),
      name: "appconn-large-bodies",
      task: "reading it",
      limits: LIMITS,
      most: MOST_THREADS,
      idle: IDLE_TIME,
      clock,
    });
  }

  /** As `readService`. A large body must not be used any more. With the signal's reason where nobody waits. */
  async read(body: Buffer, signal?: AbortSignal): Promise<ServiceRequest | RefusedRequest> {
    if (body.length <= SMALL_BODY) return readService(body);
    const read = await this.#run({ kind: "read", body }, body, signal);
    return withoutPrototypes(read);
  }

  /** As `rewriteBytes`, always in a thread; the content stays the caller's. */
  async rewrite(content: Uint8Array, rewriting: Rewriting): Promise<Uint8Array> {
    const copy = await pacedCopy(content);
    return await this.#run({ kind: "rewrite", content: copy, rewriting }, copy);
  }

  /** As `embeddedContent`. Large content must not be used any more. */
  async embed(content: Uint8Array): Promise<EmbeddedContent> {
    if (content.length <= SMALL_BODY) return embeddedContent(content);
    return await this.#run({ kind: "embed", content }, content);
  }

  /** What is under way rejects. */
  close(): Promise<void> {
    return this.#threads.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run<Task extends LargeTask>(
    task: Task,
    moving: Uint8Array,
    signal?: AbortSignal,
  ): Promise<LargeResults[Task["kind"]]> {
    const result = await this.#threads.run(() => ({ task, moved: movedBuffers(moving) }), signal);
    return result as LargeResults[Task["kind"]];
  }
}
