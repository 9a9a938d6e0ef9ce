import type { Clock } from "../../core/clock.ts";
import { reasonOf } from "../../core/failures.ts";
import type { Log } from "../../telemetry/log.ts";
import type { WorkerEnd, WorkerState } from "../../telemetry/worker-metrics.ts";
import { GatewayPart, type PartContext } from "./gateway-part.ts";
import { LogPipes } from "./log-pipes.ts";
import type { RelayedFailure, ToWorker, WorkerStart } from "./messages.ts";
import { RestartPause } from "./restart-pause.ts";
import { notStarted, startFailure } from "./start-failure.ts";
import type { ProcessEnd } from "./worker-process.ts";

export interface PoolOptions {
  readonly count: number;
  /** What the worker of that number is told at its start. */
  readonly start: (number: number) => WorkerStart;
  readonly context: PartContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly replaced: (number: number, end: WorkerEnd) => void;
  /** Milliseconds after which a worker that says nothing is taken for dead. @default ten seconds */
  readonly patience?: number;
}

const PATIENCE = 10_000;

/** So many times as long where it has never said anything: on a busy machine, modules take a while to load. */
const START_FACTOR = 6;

/** How often it is looked at. Milliseconds. */
const CHECK = 500;

/** Longer than a scrape may wait for a worker is not worth the metrics of its process. Milliseconds. */
const SCRAPE_PATIENCE = 1000;

/** What a worker may need beyond the time that its calls have. Milliseconds. */
const STOP_PATIENCE = 5000;

interface Place {
  readonly number: number;
  readonly pause: RestartPause;
  part: GatewayPart | undefined;
  /** Of its next worker. */
  restart: Disposable | undefined;
}

/** So many workers, each replaced when it ends or hangs, until the pool is closed. */
export class WorkerPool implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #places: readonly Place[];
  readonly #hung = new Set<GatewayPart>();
  /** Of those that have to come up before the start is over. */
  #starting: PromiseWithResolvers<void> | undefined = Promise.withResolvers();
  #stopping = false;
  #check: Disposable;

  private constructor(options: PoolOptions) {
    this.#options = options;
    const numbers = Array.from({ length: options.count }, (_, index) => index + 1);
    this.#places = numbers.map((number) => ({
      number,
      pause: new RestartPause(),
      part: undefined,
      restart: undefined,
    }));
    this.#check = this.#checkLater(options.clock.monotonic());
  }

  /** Resolves when all workers serve; rejects when one cannot begin, and leaves none running. */
  static async start(options: PoolOptions, signal: AbortSignal): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const starting = pool.#starting as PromiseWithResolvers<void>;
    const abort = () => starting.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      for (const place of pool.#places) void pool.#spawn(place);
      if (signal.aborted) abort();
      await starting.promise;
    } catch (error) {
      pool.#kill();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
      pool.#starting = undefined;
    }
    return pool;
  }

  /** Some worker serves calls. */
  get isReady(): boolean {
    return this.#parts.some(({ isReady }) => isReady);
  }

  states(): ReadonlyMap<number, WorkerState> {
    return new Map(
      this.#places.map(({ number, part }) => [
        number,
        { isReady: part?.isReady ?? false, connections: part?.connections ?? 0 },
      ]),
    );
  }

  /** The metrics of all processes that answer. */
  async scrape(): Promise<readonly string[]> {
    return Promise.all(this.#parts.map((part) => part.scrape(SCRAPE_PATIENCE)));
  }

  /** To all, or to all but one. */
  broadcast(message: ToWorker, except?: GatewayPart): void {
    for (const part of this.#parts) if (part !== except) part.send(message);
  }

  /** No more connections come. Lets each finish its calls for `grace` milliseconds. */
  async stop(grace: number): Promise<void> {
    this.#endReplacing();
    const { clock } = this.#options;
    using _ = clock.after(grace + STOP_PATIENCE, () => this.#kill());
    await Promise.all(this.#parts.map((part) => part.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  get #parts(): readonly GatewayPart[] {
    return this.#places.flatMap(({ part }) => part ?? []);
  }

  async #spawn(place: Place): Promise<void> {
    place.restart = undefined;
    try {
      const logs = await LogPipes.open(this.#options.context.takeLines);
      if (this.#stopping) logs[Symbol.dispose]();
      else place.part = this.#begin(place, logs);
    } catch (error) {
      this.#notSpawned(place, reasonOf(error));
    }
  }

  #begin(place: Place, logs: LogPipes): GatewayPart {
    const { start, context } = this.#options;
    return new GatewayPart(start(place.number), logs, context, {
      ready: (part) => this.#ready(part),
      failed: (part, failure) => this.#failed(part, failure),
      ended: (part, end) => this.#ended(place, part, end),
    });
  }

  #notSpawned(place: Place, reason: string): void {
    if (this.#stopping) return;
    if (this.#starting) return this.#starting.reject(notStarted(reason));
    const pause = place.pause.next(0);
    this.#options.log.error("a worker cannot be started, and is tried again", {
      ...{ worker: place.number, reason },
      ...(pause > 0 && { triedInMilliseconds: pause }),
    });
    this.#spawnAfter(pause, place);
  }

  #spawnAfter(pause: number, place: Place): void {
    place.restart = this.#options.clock.after(pause, () => void this.#spawn(place));
  }

  #ready({ number, pid }: GatewayPart): void {
    this.#options.log.info("a worker serves calls", { worker: number, pid });
    if (this.#places.every(({ part }) => part?.isReady)) this.#starting?.resolve();
  }

  #failed(part: GatewayPart, failure: RelayedFailure): void {
    const { number, pid } = part;
    if (this.#starting) this.#starting.reject(startFailure(failure));
    else {
      const reason = failure.message;
      this.#options.log.error("a worker cannot begin to serve", { worker: number, pid, reason });
    }
    part.kill();
  }

  #ended(place: Place, part: GatewayPart, { code, signal, notBegun }: ProcessEnd): void {
    place.part = undefined;
    if (notBegun !== undefined) return this.#notSpawned(place, notBegun);
    const isHung = this.#hung.delete(part);
    if (this.#stopping) return;
    const how = isHung ? "hung" : signal === null ? "exited" : "killed";
    this.#options.replaced(place.number, how);
    const { log, clock } = this.#options;
    const pause = place.pause.next(clock.monotonic() - part.startedAt);
    log.error("a worker has ended; its calls are lost, and another one takes its place", {
      ...{ worker: place.number, pid: part.pid, how, code, signal },
      ...(pause > 0 && { replacedInMilliseconds: pause }),
    });
    if (this.#starting) this.#starting.reject(notStarted(`its process has ended (${signal ?? code})`));
    else this.#spawnAfter(pause, place);
  }

  #checkLater(before: number): Disposable {
    const { clock, context, patience = PATIENCE } = this.#options;
    return clock.after(CHECK, () => {
      const now = clock.monotonic();
      // A machine that slept, or this process that was stopped: then it is not the workers that were silent.
      if (now - before > 2 * CHECK) for (const part of this.#parts) part.heardNow();
      for (const part of this.#parts) {
        const limit = part.isHeard ? patience : START_FACTOR * patience;
        if (now - part.heardAt > limit) this.#killHung(part, limit);
      }
      context.dealer.unstick();
      this.#check = this.#checkLater(now);
    });
  }

  #killHung(part: GatewayPart, patience: number): void {
    if (this.#hung.has(part)) return;
    this.#hung.add(part);
    const { number, pid } = part;
    this.#options.log.error("a worker does not answer and is ended", {
      worker: number,
      pid,
      silentForMilliseconds: patience,
    });
    part.kill();
  }

  #endReplacing(): void {
    this.#stopping = true;
    this.#check[Symbol.dispose]();
    for (const { restart } of this.#places) restart?.[Symbol.dispose]();
  }

  #kill(): void {
    this.#endReplacing();
    for (const part of this.#parts) part.kill();
  }
}
