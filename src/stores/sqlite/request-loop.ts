import type { Clock } from "../../core/clock.ts";
import { DurationHistogram } from "../../telemetry/duration-histogram.ts";
import type { RevocationChange } from "../pairing-records.ts";
import { isAccessWrite, type AccessWriteRequest } from "./access-protocol.ts";
import type { Engine } from "./engine.ts";
import { isPairingWrite, type PairingWriteRequest } from "./pairing-protocol.ts";
import type {
  AccessRequest,
  Envelope,
  FeedEvent,
  PairingRequest,
  ReadRequest,
  Reply,
  Results,
  UpkeepRequest,
  WatchRequest,
  WriteRequest,
} from "./protocol.ts";
import type { RevocationCursor } from "./revocation-cursor.ts";
import { sentFailure } from "./sent-failure.ts";
import { toStoreFailure } from "./sqlite-errors.ts";
import type { WatchCursor } from "./watch-cursor.ts";
import { WatchFeeds } from "./watch-feeds.ts";

/** How many writes share one transaction at most, so that the first does not wait long for the last. */
const GROUP = 256;

/**
 * Milliseconds from one commit to the next while several write at once: each commit writes whole pages and waits for
 * the disk, whether it brings one row or a hundred. Who writes one thing after the other waits for nothing.
 */
const PACE = 4;

const WRITES: ReadonlySet<string> = new Set<WriteRequest["operation"]>([
  "create",
  "update",
  "updateStatus",
  "splice",
  "patch",
  "apply",
  "remove",
]);

export interface Outside {
  readonly clock: Pick<Clock, "monotonic" | "after">;
  /** Takes all answers of a turn at once. */
  readonly send: (replies: readonly Reply[]) => void;
  /** Lets go of what the database stood on; nothing is asked of the engine any more. */
  readonly closed: () => void;
}

type WriteEnvelope = Envelope & { readonly request: WriteRequest | PairingWriteRequest | AccessWriteRequest };
type OtherEnvelope = Envelope & {
  readonly request:
    | ReadRequest
    | WatchRequest
    | UpkeepRequest
    | Exclude<PairingRequest, PairingWriteRequest>
    | Exclude<AccessRequest, AccessWriteRequest>;
};

/**
 * Answers requests in groups: all writes that have arrived by one turn of the loop are committed together, or a
 * little later with those that come meanwhile. A read sees every write that was answered before it was asked.
 */
export class RequestLoop {
  readonly #engine: Engine;
  readonly #file: string;
  readonly #outside: Outside;
  readonly #feeds = new WatchFeeds<FeedEvent, WatchCursor>();
  readonly #revocations = new WatchFeeds<RevocationChange, RevocationCursor>();
  readonly #durations = new DurationHistogram();
  #written = 0;
  #queue: Envelope[] = [];
  #writes: WriteEnvelope[] = [];
  /** Until when writes wait for others, in monotonic milliseconds. */
  #paced = Number.NEGATIVE_INFINITY;
  #replies: Reply[] = [];
  #scheduled = false;
  #timed = false;
  #closed = false;

  constructor(engine: Engine, file: string, outside: Outside) {
    this.#engine = engine;
    this.#file = file;
    this.#outside = outside;
  }

  accept(envelope: Envelope): void {
    this.#queue.push(envelope);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const queue = this.#queue;
    this.#queue = [];
    for (const envelope of queue) if (isWrite(envelope)) this.#writes.push(envelope);
    const isLast = queue.some(({ request }) => request.operation === "close");
    if (this.#writes.length > 0 && (isLast || !this.#waits())) this.#commitAll();
    for (const envelope of queue) if (!isWrite(envelope)) this.#answer(envelope as OtherEnvelope);
    this.#flush();
  }

  /** Comes again when it is time. */
  #waits(): boolean {
    const { clock } = this.#outside;
    const left = this.#paced - clock.monotonic();
    if (left <= 0 || this.#writes.length >= GROUP) return false;
    if (this.#timed) return true;
    this.#timed = true;
    clock.after(left, () => {
      this.#timed = false;
      this.#schedule();
    });
    return true;
  }

  #commitAll(): void {
    const writes = this.#writes;
    this.#writes = [];
    for (let start = 0; start < writes.length; start += GROUP) {
      this.#commit(writes.slice(start, start + GROUP));
    }
    if (writes.length > 1) this.#paced = this.#outside.clock.monotonic() + PACE;
  }

  #commit(group: readonly WriteEnvelope[]): void {
    const begun = this.#outside.clock.monotonic();
    const outcomes = this.#engine.commit(group.map(({ request }) => request));
    this.#durations.observe((this.#outside.clock.monotonic() - begun) / 1000);
    this.#written += group.length;
    outcomes.forEach((outcome, index) => {
      const id = group[index]?.id ?? 0;
      if ("failure" in outcome) this.#fail(id, outcome.failure);
      else this.#succeed(id, outcome.result);
    });
    // Writers are answered before watchers, and in the same message: each wakes the other thread.
    this.#feeds.wake();
    this.#revocations.wake();
    this.#flush();
  }

  #answer({ id, request }: OtherEnvelope): void {
    try {
      this.#perform(id, request);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #perform(id: number, request: OtherEnvelope["request"]): void {
    switch (request.operation) {
      case "get":
        return this.#succeed(id, this.#engine.get(request.kind, request.ref));
      case "list":
        return this.#succeed(id, this.#engine.list(request.kind, request.selector, request.paging));
      case "pull":
        return this.#feeds.pull(request.watch, {
          events: (events) => this.#succeed(id, events),
          failure: (error) => this.#fail(id, error),
        });
      case "trim":
        for (const cursor of this.#feeds.waiting()) cursor.skipToEnd();
        this.#engine.pairing.forgetDropped(this.#revocations.all());
        this.#trim(this.#engine.trimLimit(request.monotonic));
        break;
      case "watch":
        this.#feeds.open(request.watch, this.#engine.watch(request.kind, request.selector, request.version));
        break;
      case "unwatch":
        this.#feeds.close(request.watch);
        break;
      case "bookmark":
        this.#feeds.tell({ type: "bookmark", resourceVersion: String(this.#engine.version) });
        break;
      case "certificate":
      case "certificates":
        return this.#succeed(id, this.#engine.pairing.read(request));
      case "accessRecords":
        return this.#succeed(id, this.#engine.access.list());
      case "watchRevocations":
        this.#revocations.open(request.watch, this.#engine.pairing.watchRevocations());
        break;
      case "pullRevocations":
        return this.#revocations.pull(request.watch, {
          events: (changes) => this.#succeed(id, changes),
          failure: (error) => this.#fail(id, error),
        });
      case "unwatchRevocations":
        this.#revocations.close(request.watch);
        break;
      case "figures":
        return this.#succeed(id, { writes: this.#written, durations: this.#durations.counted });
      case "check":
        this.#engine.check();
        break;
      case "close":
        this.#closed = true;
        this.#engine.close();
        this.#outside.closed();
    }
    this.#succeed(id, undefined);
  }

  // In steps, so that nobody waits for a long trimming.
  #trim(limit: number): void {
    if (limit > 0 && !this.#closed && this.#engine.trim(limit)) setImmediate(() => this.#trim(limit));
  }

  #succeed(id: number, result: Results[keyof Results]): void {
    this.#replies.push({ id, result });
  }

  #fail(id: number, error: unknown): void {
    this.#replies.push({ id, failure: sentFailure(toStoreFailure(error, this.#file)) });
  }

  #flush(): void {
    if (this.#replies.length === 0) return;
    const replies = this.#replies;
    this.#replies = [];
    this.#outside.send(replies);
  }
}

function isWrite(envelope: Envelope): envelope is WriteEnvelope {
  const { request } = envelope;
  if (isPairingWrite(request) || isAccessWrite(request)) return true;
  return WRITES.has(request.operation);
}
