import type { Clock } from "../../core/clock.ts";
import { reasonOf } from "../../core/failures.ts";
import type { CheckedDocument } from "../checked-document.ts";
import type { Comparison } from "../compare/comparison.ts";
import { unknownComparison } from "../compare/comparison.ts";
import type { NewDocument } from "../document.ts";
import type { CheckResults, CheckTask } from "./check-protocol.ts";
import { CheckThread, type ThreadLimits } from "./check-thread.ts";
import { uncheckedDocument } from "./document-outcome.ts";

export interface DocumentChecksOptions {
  readonly clock: Clock;
  readonly limits?: Partial<ThreadLimits>;
}

const DEFAULT_LIMITS: ThreadLimits = { time: 15_000, heap: 192 };

/** Milliseconds without a task after which the thread ends. */
const IDLE_TIME = 10 * 60_000;

/** Bytes that may wait. More come in only where checks take far longer than uploads. */
const MOST_WAITING = 128 * 1024 ** 2;

/**
 * Checks and comparisons of documents in a thread of their own, one after the other, so that nothing that a
 * stranger writes holds up anything else. Neither rejects: what could not be looked into says so.
 */
export class DocumentChecks implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #limits: ThreadLimits;
  #thread: CheckThread | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: Disposable | undefined;
  #closed = false;

  constructor({ clock, limits }: DocumentChecksOptions) {
    this.#clock = clock;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
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
    this.#idle?.[Symbol.dispose]();
    await this.#thread?.close();
    await this.#last;
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
    this.#idle?.[Symbol.dispose]();
    const result = this.#last.then(() => this.#run(task));
    this.#last = result;
    try {
      return await result;
    } finally {
      this.#waiting -= size;
      this.#rest();
    }
  }

  /** Services are registered now and then: meanwhile the parsers and schemas of the thread are given back. */
  #rest(): void {
    this.#idle?.[Symbol.dispose]();
    if (this.#waiting > 0 || this.#closed) return;
    this.#idle = this.#clock.after(IDLE_TIME, () => void this.#thread?.close());
  }

  /** Never rejects, so that the next task follows whatever happens. */
  async #run<Task extends CheckTask>(
    task: Task,
  ): Promise<CheckResults[Task["kind"]] | { readonly unchecked: string }> {
    try {
      if (this.#closed) return { unchecked: "the checks were stopped" };
      if (!this.#thread?.usable) this.#thread = await CheckThread.start(this.#limits, this.#clock);
      if (this.#closed) await this.#thread.close();
      return await this.#thread.run(task);
    } catch (error) {
      return { unchecked: reasonOf(error) };
    }
  }
}
