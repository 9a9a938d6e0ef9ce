import type { Clock } from "../../core/clock.ts";
import { reasonOf } from "../../core/failures.ts";
import { areShared } from "../../core/threads/shared-bytes.ts";
import { movedBuffers } from "../../core/threads/moved-buffers.ts";
import { pacedCopy } from "../../core/threads/paced-copy.ts";
import type { SentTask, TaskLimits } from "../../core/threads/task-thread.ts";
import { TaskThreads } from "../../core/threads/task-threads.ts";
import type { CheckedDocument } from "../checked-document.ts";
import type { Comparison } from "../compare/comparison.ts";
import { unknownComparison } from "../compare/comparison.ts";
import type { NewDocument } from "../document.ts";
import type { CheckResults, CheckTask } from "./check-protocol.ts";
import { uncheckedDocument } from "./document-outcome.ts";

export interface DocumentChecksOptions {
  readonly clock: Clock;
  readonly limits?: Partial<TaskLimits>;
}

const DEFAULT_LIMITS: TaskLimits = { time: 15_000, heap: 192 };

/** Milliseconds without a task after which the thread ends. */
const IDLE_TIME = 10 * 60_000;

/** Bytes that may wait. More come in only where checks take far longer than uploads. */
const MOST_WAITING = 128 * 1024 ** 2;

/**
 * Checks and comparisons of documents in a thread of their own, one after the other, so that nothing that a
 * stranger writes holds up anything else. Neither rejects: what could not be looked into says so.
 */
export class DocumentChecks implements AsyncDisposable {
  readonly #threads: TaskThreads<CheckTask, CheckedDocument | Comparison>;
  #waiting = 0;
  #closed = false;

  constructor({ clock, limits }: DocumentChecksOptions) {
    this.#threads = new TaskThreads({
      file: new URL("./check-worker", import.meta.url),
      name: "appconn-document-checks",
      task: "its check",
      limits: { ...DEFAULT_LIMITS, ...limits },
      // Services are registered now and then: meanwhile parsers and schemas are given back.
      idle: IDLE_TIME,
      most: 1,
      clock,
    });
  }

  /** What is said of a document. */
  async check(document: NewDocument): Promise<CheckedDocument> {
    const outcome = await this.#enqueue({ kind: "check", document }, document.content.length);
    return "unchecked" in outcome ? uncheckedDocument(outcome.unchecked) : outcome;
  }

  /** Whether callers of the one description can live with the other. */
  async compare(before: NewDocument, after: NewDocument): Promise<Comparison> {
    const size = before.content.length + after.content.length;
    const outcome = await this.#enqueue({ kind: "compare", before, after }, size);
    return "unchecked" in outcome ? unknownComparison(outcome.unchecked) : outcome;
  }

  /** Ends the thread; what waits is answered as not checked. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#threads.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #enqueue<Task extends CheckTask>(
    task: Task,
    size: number,
  ): Promise<CheckResults[Task["kind"]] | { readonly unchecked: string }> {
    if (this.#waiting > 0 && this.#waiting + size > MOST_WAITING) {
      return { unchecked: "too many others wait for their checks" };
    }
    this.#waiting += size;
    try {
      return (await this.#threads.run(() => toSend(task))) as CheckResults[Task["kind"]];
    } catch (error) {
      return { unchecked: this.#closed ? "the checks were stopped" : reasonOf(error) };
    } finally {
      this.#waiting -= size;
    }
  }
}

/** With copies of exactly the bytes, which move, where threads do not share them: sending a part of a buffer would copy all of it. */
async function toSend(task: CheckTask): Promise<SentTask<CheckTask>> {
  if (task.kind === "check") {
    const document = await copied(task.document);
    return { task: { kind: "check", document }, moved: movedBuffers(document.content) };
  }
  const [before, after] = [await copied(task.before), await copied(task.after)];
  return { task: { kind: "compare", before, after }, moved: movedBuffers(before.content, after.content) };
}

async function copied({ type, fileName, content }: NewDocument): Promise<NewDocument> {
  return { type, fileName, content: areShared(content) ? content : await pacedCopy(content) };
}
