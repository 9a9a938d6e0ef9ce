import type { Clock } from "../core/clock.ts";
import { Failure } from "../core/failures.ts";
import { applicationKind, type Application } from "../core/resources/application.ts";
import type { Collection, Store } from "../stores/store.ts";
import { conditionsWanted, type Condition, type Judgement } from "./finding-condition.ts";

export interface ConditionsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** For what an operator should know; never holds a secret. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** An Application as it was looked at, and what was found; undefined where nothing is wrong. */
interface Judged {
  readonly application: Application;
  readonly judgement: Judgement | undefined;
}

/** Others write Applications too, and the object may be another each time. */
const MOST_TRIES = 5;

/** The same is not written again before, whoever took it away. Milliseconds. */
const LEAST_PAUSE = 60_000;

/**
 * Writes what is found to be wrong with Applications into their status (amendments A3, A17). An Application is not
 * touched before anything was found, and again only when that changes: its own writes come back as changes of the
 * Application, and must not lead to others.
 */
export class ApplicationConditions implements AsyncDisposable {
  readonly #options: ConditionsOptions;
  readonly #applications: Collection<Application>;
  readonly #waiting = new Map<string, Judged>();
  /** What was written last to those whose condition others may take away, and when, monotonic. */
  readonly #written = new Map<string, { readonly text: string; readonly at: number }>();
  readonly #closing = new AbortController();
  #working: Promise<void> | undefined;
  /** The home drops conditions (the definition of an older estate): Events tell alone. */
  #arePruned = false;

  constructor(options: ConditionsOptions) {
    this.#options = options;
    this.#applications = options.store.collection<Application>(applicationKind);
  }

  judged(application: Application, judgement: Judgement | undefined): void {
    const { name, deletionTimestamp } = application.metadata;
    if (this.#closing.signal.aborted || this.#arePruned) return;
    // What waits has been looked at before.
    this.#waiting.delete(name);
    if (deletionTimestamp !== undefined || !this.#isDue(application, judgement)) return;
    this.#waiting.set(name, { application, judgement });
    this.#working ??= this.#work();
  }

  forget(application: string): void {
    this.#waiting.delete(application);
    this.#written.delete(application);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("shutting down"));
    this.#waiting.clear();
    await this.#working;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #isDue(application: Application, judgement: Judgement | undefined): boolean {
    const { clock } = this.#options;
    const wanted = conditionsWanted(application, judgement, clock.now());
    if (!wanted) return false;
    const written = this.#written.get(application.metadata.name);
    if (!written || written.text !== textOf(judgement)) return true;
    return clock.monotonic() - written.at >= LEAST_PAUSE;
  }

  async #work(): Promise<void> {
    for (const [name, judged] of this.#waiting) {
      this.#waiting.delete(name);
      try {
        // oxlint-disable-next-line no-await-in-loop -- one write after the other is enough
        await this.#write(name, judged);
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        this.#options.warn("the conditions of an Application could not be written", {
          application: name,
          error,
        });
      }
    }
    this.#working = undefined;
  }

  async #write(name: string, { application, judgement }: Judged): Promise<void> {
    const { clock } = this.#options;
    let current: Application | undefined = application;
    for (let tries = 1; current; tries++) {
      const wanted = conditionsWanted(current, judgement, clock.now());
      if (!wanted) return;
      try {
        // oxlint-disable-next-line no-await-in-loop -- each try follows from the one before
        const stored = await this.#patch(current, wanted);
        this.#note(name, judgement, stored);
        return;
      } catch (error) {
        if (isFailure(error, "STORE_NOT_FOUND")) return;
        if (!isFailure(error, "STORE_CONFLICT") || tries === MOST_TRIES) throw error;
      }
      const { signal } = this.#closing;
      // oxlint-disable-next-line no-await-in-loop -- as it is now
      const again = await this.#applications.get({ name }, { signal });
      // Another one of that name has been judged by nobody yet.
      current = again?.metadata.uid === application.metadata.uid ? again : undefined;
    }
  }

  /** Only of the object that was looked at: its version says so, and its uid after a deletion. */
  #patch({ metadata }: Application, conditions: readonly Condition[]): Promise<Application> {
    const { name, uid, resourceVersion } = metadata;
    const value = { metadata: { uid, resourceVersion }, status: { conditions } };
    const options = { manager: "appconn-operator", signal: this.#closing.signal };
    return this.#applications.patch({ name }, { type: "merge", value }, options);
  }

  #note(name: string, judgement: Judgement | undefined, { status }: Application): void {
    if (status?.conditions === undefined) {
      this.#arePruned = true;
      this.#written.clear();
      return;
    }
    if (judgement) this.#written.set(name, { text: textOf(judgement), at: this.#options.clock.monotonic() });
    else this.#written.delete(name);
  }
}

function textOf(judgement: Judgement | undefined): string {
  return judgement ? `${judgement.isError} ${judgement.reason} ${judgement.message}` : "";
}

function isFailure(error: unknown, code: string): boolean {
  return error instanceof Failure && error.code === code;
}
