import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Application } from "../../core/resources/application.ts";
import type { Finding } from "../../snapshot/finding.ts";
import type { Inspection } from "./inspection.ts";

/** What a look at an Application has found. */
export interface LookedAt {
  readonly application: Application;
  /** The first of them: as many as anybody would read. */
  readonly findings: readonly Finding[];
  /** How many there are in all. */
  readonly count: number;
  /** The first of those because of which an API cannot be called. */
  readonly worst: Finding | undefined;
  /** Others than at the look before; true for the first look that finds anything, too. */
  readonly isChanged: boolean;
}

export interface FindingsWatchOptions {
  readonly inspection: Inspection;
  readonly clock: Clock;
  /** Called after each look, also where nothing is wrong. */
  readonly looked: (found: LookedAt) => void;
  /** There is no such Application any more. */
  readonly gone: (application: string) => void;
  /** A look failed for a reason that nobody expected. */
  readonly surprised: (error: unknown) => void;
}

/** What changes together, such as an Application and its Secrets, is looked at together. Milliseconds. */
const DELAY = 1000;

/** Certificates end without a change of anything, and what stands is to be told again. Milliseconds. */
const ROUND = 30 * 60_000;

/** Looking may take one part in so many of the time, however often things change. */
const SHARE = 30;

/** How long is looked in one go before calls get their turn, in milliseconds. */
const SLICE = 3;

/** How many findings of an Application are told one by one. */
const MOST_FINDINGS = 20;

/**
 * Looks at Applications after they have changed, and at all of them every half hour. Of those with which nothing is
 * wrong nothing is kept.
 */
export class FindingsWatch implements Disposable {
  readonly #options: FindingsWatchOptions;
  readonly #due = new Set<string>();
  /** A hash of what was found last, of the Applications with findings. */
  readonly #known = new Map<string, string>();
  #timer: Disposable | undefined;
  #round: Disposable | undefined;
  #working = false;
  /** Not before then, monotonic. */
  #notBefore = 0;
  #isClosed = false;

  constructor(options: FindingsWatchOptions) {
    this.#options = options;
    this.#roundLater();
  }

  /** The Application, or a Secret that it refers to, has changed or gone. */
  touch(application: string): void {
    if (this.#isClosed) return;
    this.#due.add(application);
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#due.clear();
    this.#timer?.[Symbol.dispose]();
    this.#round?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #wake(): void {
    if (this.#timer || this.#working) return;
    const { clock } = this.#options;
    const wait = Math.max(DELAY, this.#notBefore - clock.monotonic());
    this.#timer = clock.after(wait, () => {
      this.#timer = undefined;
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    const { clock, surprised } = this.#options;
    const pace = new Pace(clock);
    this.#working = true;
    for (const name of this.#due) {
      this.#due.delete(name);
      try {
        // oxlint-disable-next-line no-await-in-loop -- one after the other, so that calls have their turns
        await this.#look(name, pace);
      } catch (error) {
        surprised(error);
      }
      if (this.#isClosed) break;
    }
    this.#working = false;
    this.#notBefore = clock.monotonic() + pace.spent * SHARE;
    if (this.#due.size > 0) this.#wake();
  }

  async #look(name: string, pace: Pace): Promise<void> {
    const { inspection, looked, gone } = this.#options;
    const found = inspection.find(name);
    if (!found) {
      this.#known.delete(name);
      return gone(name);
    }
    const findings: Finding[] = [];
    const hash = createHash("sha256");
    let count = 0;
    let worst: Finding | undefined;
    for (const part of found.parts()) {
      for (const finding of part) {
        count++;
        hash.update(keyOf(finding));
        if (finding.severity === "error") worst ??= finding;
        if (findings.length < MOST_FINDINGS) findings.push(finding);
      }
      // oxlint-disable-next-line no-await-in-loop -- rarely, and then on purpose
      if (pace.isOver) await pace.rest();
      if (this.#isClosed) return;
    }
    const digest = count === 0 ? undefined : hash.digest("base64url");
    const isChanged = this.#known.get(name) !== digest;
    if (digest === undefined) this.#known.delete(name);
    else this.#known.set(name, digest);
    looked({ application: found.held.application, findings, count, worst, isChanged });
  }

  #roundLater(): void {
    this.#round = this.#options.clock.after(ROUND, () => {
      for (const name of this.#options.inspection.names()) this.#due.add(name);
      this.#wake();
      this.#roundLater();
    });
  }
}

function keyOf({ reason, severity, service, entry, message }: Finding): string {
  return `${JSON.stringify([reason, severity, service?.id, entry, message])}\n`;
}

/** Short goes with turns for others in between. */
class Pace {
  readonly #clock: Pick<Clock, "monotonic">;
  #begun: number;
  #spent = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#begun = clock.monotonic();
  }

  /** Milliseconds of work so far. */
  get spent(): number {
    return this.#spent + (this.#clock.monotonic() - this.#begun);
  }

  get isOver(): boolean {
    return this.#clock.monotonic() - this.#begun >= SLICE;
  }

  async rest(): Promise<void> {
    this.#spent = this.spent;
    await new Promise((resolve) => setImmediate(resolve));
    this.#begun = this.#clock.monotonic();
  }
}
