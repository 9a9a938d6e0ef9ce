import type { Socket } from "node:net";
import type { Clock } from "../../core/clock.ts";
import type { Asker, SharedAnswers } from "../../credentials/shared-answers.ts";
import type { BreakerEvent } from "../../gateway/limits/limit-states.ts";
import type { Addressing } from "../../gateway/route.ts";
import type { Store } from "../../stores/store.ts";
import type { LiveElsewhere } from "../../telemetry/live/live.ts";
import { noticed } from "../../telemetry/channels.ts";
import type { RelayedCounts } from "../../telemetry/relayed-counts.ts";
import type { TakeLines } from "../../telemetry/relayed-lines.ts";
import { ChangeFeeds } from "./change-feeds.ts";
import type { ConnectionDealer, Taker } from "./connection-dealer.ts";
import type { LogPipes } from "./log-pipes.ts";
import type { FetchOutcome, FromWorker, RelayedFailure, ToWorker, WorkerStart } from "./messages.ts";
import { WorkerProcess, type ProcessEnd } from "./worker-process.ts";

/** What all workers share, and who hears of them. */
export interface PartContext {
  readonly store: Store;
  readonly dealer: ConnectionDealer<Socket>;
  readonly answers: SharedAnswers;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly takeLines: TakeLines;
  readonly takeCounts: (worker: number, counts: RelayedCounts) => void;
  /** For whoever watches what happens now. */
  readonly live: LiveElsewhere;
  readonly breakerChanged: (event: BreakerEvent, by: GatewayPart) => void;
  /** What a worker that begins has missed. */
  readonly openBreakers: () => readonly BreakerEvent[];
}

export interface PartEvents {
  readonly ready: (part: GatewayPart) => void;
  readonly failed: (part: GatewayPart, failure: RelayedFailure) => void;
  readonly ended: (part: GatewayPart, end: ProcessEnd) => void;
}

type Heard<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>;

/** A worker from its start to its end, as the primary process sees it. */
export class GatewayPart implements Taker<Socket> {
  readonly number: number;
  /** On the monotonic clock. */
  readonly startedAt: number;
  readonly #context: PartContext;
  readonly #events: PartEvents;
  readonly #process: WorkerProcess;
  readonly #feeds: ChangeFeeds;
  /** Requests that it is to send, by question. */
  readonly #requests = new Map<number, (outcome: FetchOutcome | undefined) => void>();
  readonly #scrapes = new Map<number, (text: string) => void>();
  readonly #stopped = Promise.withResolvers<void>();
  #lastScrape = 0;
  #heardAt: number;
  #isHeard = false;
  #ready = false;
  #isGone = false;

  constructor(start: WorkerStart, logs: LogPipes, context: PartContext, events: PartEvents) {
    this.number = start.telemetry.number;
    this.#context = context;
    this.#events = events;
    this.startedAt = this.#heardAt = context.clock.monotonic();
    this.#process = new WorkerProcess({
      environment: context.environment,
      received: (message) => this.#hear(message),
      logs,
      ended: (end) => this.#end(end),
    });
    this.#feeds = new ChangeFeeds(context.store, (message) => this.#process.sendWhole(message));
    this.send({ type: "start", start });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** It serves calls. */
  get isReady(): boolean {
    return this.#ready && !this.#isGone;
  }

  get connections(): number {
    return this.#context.dealer.open(this);
  }

  /** When it last said anything, on the monotonic clock. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** It has said something. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** The primary process itself has stood still: nothing can be said of the worker. */
  heardNow(): void {
    this.#heardAt = this.#context.clock.monotonic();
  }

  send(message: ToWorker): void {
    this.#process.send(message);
  }

  take(socket: Socket, { listener, id }: { readonly listener: Addressing; readonly id: number }): void {
    this.#process.sendConnection({ type: "connection", listener, id }, socket);
  }

  /** The metrics of its process; empty when it does not answer within `patience` milliseconds. */
  async scrape(patience: number): Promise<string> {
    const scrape = ++this.#lastScrape;
    const { promise, resolve } = Promise.withResolvers<string>();
    using _ = this.#context.clock.after(patience, () => resolve(""));
    this.#scrapes.set(scrape, resolve);
    this.send({ type: "scrape", scrape });
    const text = await promise;
    this.#scrapes.delete(scrape);
    return text;
  }

  /** No more connections come to it. Resolves when it has finished its calls and said everything, or has ended. */
  async stop(): Promise<void> {
    this.send({ type: "stop" });
    await this.#stopped.promise;
    this.#process.disconnect();
    await this.#process.read();
  }

  kill(): void {
    this.#process.kill();
  }

  #hear(message: FromWorker): void {
    this.#heardAt = this.#context.clock.monotonic();
    this.#isHeard = true;
    const { dealer, answers, takeCounts, breakerChanged, live } = this.#context;
    switch (message.type) {
      case "ready":
        return this.#becomeReady();
      case "failed":
        return this.#events.failed(this, message.failure);
      case "taken":
        return dealer.taken(this, message.id);
      case "closed":
        return dealer.closed(this, message.count);
      case "watch":
        return this.#feeds.watch(message);
      case "unwatch":
        return this.#feeds.unwatch(message.watch);
      case "ask":
        return void this.#answer(message);
      case "sent":
        return this.#requests.get(message.question)?.(message.outcome);
      case "refused":
        return answers.refused(message.key, message.id);
      case "forget":
        return answers.forget(message.credential);
      case "breaker":
        return breakerChanged(message.event, this);
      case "live-frame":
        return live.addFrame(this.number, message.frame);
      case "live-lines":
        return live.addLines(message.lines);
      case "noticed":
        return noticed.publish(message.notice);
      case "alive":
        return message.counts && takeCounts(this.number, message.counts);
      case "scraped":
        return this.#scraped(message);
      case "stopped":
        return this.#stopped.resolve();
    }
  }

  #becomeReady(): void {
    this.#ready = true;
    this.send({ type: "live", wanted: this.#context.live.wanted });
    for (const event of this.#context.openBreakers()) this.send({ type: "breaker", event });
    this.#context.dealer.join(this);
    this.#events.ready(this);
  }

  #scraped({ scrape, counts, process }: Heard<"scraped">): void {
    if (counts) this.#context.takeCounts(this.number, counts);
    this.#scrapes.get(scrape)?.(process);
  }

  async #answer({ question, key, known }: Heard<"ask">): Promise<void> {
    const asker: Asker = { send: () => this.#request(question) };
    const answer = await this.#context.answers.ask({ key, known }, asker);
    this.send({ type: "answer", question, answer });
  }

  async #request(question: number): Promise<FetchOutcome | undefined> {
    if (this.#isGone) return undefined;
    const { promise, resolve } = Promise.withResolvers<FetchOutcome | undefined>();
    this.#requests.set(question, resolve);
    this.send({ type: "send", question });
    const outcome = await promise;
    this.#requests.delete(question);
    return outcome;
  }

  #end(end: ProcessEnd): void {
    this.#isGone = true;
    this.#feeds[Symbol.dispose]();
    this.#context.dealer.leave(this);
    this.#context.live.left(this.number);
    for (const resolve of this.#requests.values()) resolve(undefined);
    for (const resolve of this.#scrapes.values()) resolve("");
    this.#stopped.resolve();
    this.#events.ended(this, end);
  }
}
