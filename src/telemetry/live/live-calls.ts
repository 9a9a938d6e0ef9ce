import type { Clock } from "../../core/clock.ts";
import { callAddressed, callFinished, type AddressedCall, type FinishedCall } from "../channels.ts";
import { durationBucket } from "./duration-buckets.ts";
import { Listeners } from "./listeners.ts";
import { joinFrames, mergeFrames, withoutEnded, type LiveFrame, type LiveRow } from "./live-frame.ts";

/** How often what was counted is handed on, in milliseconds. */
const INTERVAL = 1000;

/** How much later than other processes this one hands on, so that each second has what they have counted in it. */
const LAG = 200;

/** APIs that are told apart at a time; what is called besides them is counted together. */
const MOST_APIS = 5000;

interface Counts {
  readonly names: Pick<LiveRow, "application" | "service" | "entry">;
  calls: number;
  errors: number;
  refused: number;
  inFlight: number;
  readonly durations: Map<number, number>;
}

export interface LiveCallsOptions {
  /** Told when the first one listens, and when the last one does no more. */
  readonly watched?: (isWatched: boolean) => void;
  /** Whether other processes count, and are told to by `watched`. */
  readonly isElsewhere?: () => boolean;
}

export type FrameListener = (frame: LiveFrame) => void;

/** Counts calls by API as long as somebody listens, and does nothing at all otherwise. */
export class LiveCalls {
  readonly #clock: Clock;
  readonly #listeners: Listeners<LiveFrame>;
  readonly #apis = new Map<string, Counts>();
  /** What each call that is under way is counted at. */
  readonly #running = new Map<AddressedCall, Counts>();
  /** What other processes have counted, by their numbers. */
  readonly #elsewhere = new Map<number, LiveFrame>();
  readonly #isElsewhere: () => boolean;
  #timer: Disposable | undefined;
  #begun = 0;
  /** When the next frame is handed on, a whole number of seconds after the first one: late ones do not add up. */
  #due = 0;

  constructor(clock: Clock, { watched = () => {}, isElsewhere = () => false }: LiveCallsOptions = {}) {
    this.#clock = clock;
    this.#isElsewhere = isElsewhere;
    this.#listeners = new Listeners((isWatched) => {
      if (isWatched) this.#start();
      else this.#stop();
      watched(isWatched);
    });
  }

  get isWatched(): boolean {
    return !this.#listeners.isEmpty;
  }

  /** What the process of that number has counted since it was last heard of. */
  add(process: number, frame: LiveFrame): void {
    if (!this.isWatched) return;
    const before = this.#elsewhere.get(process);
    this.#elsewhere.set(process, before ? joinFrames(before, frame) : frame);
  }

  /** That process has ended, with the calls that were under way. */
  left(process: number): void {
    this.#elsewhere.delete(process);
  }

  /** Frames come about once a second until disposed of. */
  listen(listener: FrameListener): Disposable {
    return this.#listeners.add(listener);
  }

  #start(): void {
    callAddressed.subscribe(this.#addressed);
    callFinished.subscribe(this.#finished);
    this.#begun = this.#due = this.#clock.monotonic() + (this.#isElsewhere() ? LAG : 0);
    this.#arm();
  }

  #stop(): void {
    callAddressed.unsubscribe(this.#addressed);
    callFinished.unsubscribe(this.#finished);
    this.#timer?.[Symbol.dispose]();
    this.#apis.clear();
    this.#running.clear();
    this.#elsewhere.clear();
  }

  #arm(): void {
    const now = this.#clock.monotonic();
    // A process that stood still does not make up for it.
    this.#due = Math.max(this.#due + INTERVAL, now);
    this.#timer = this.#clock.after(this.#due - now, () => {
      this.#arm();
      this.#listeners.tell(this.#frame());
    });
  }

  /** A call that is made again may have another API then. */
  readonly #addressed = (call: AddressedCall): void => {
    const counts = this.#countsOf(call);
    const before = this.#running.get(call);
    if (before === counts) return;
    if (before) before.inFlight--;
    counts.inFlight++;
    this.#running.set(call, counts);
  };

  readonly #finished = (call: FinishedCall): void => {
    const before = this.#running.get(call);
    if (before) before.inFlight--;
    this.#running.delete(call);
    const counts = this.#countsOf(call);
    counts.calls++;
    if (call.status >= 500) counts.errors++;
    if (call.gatewayError !== undefined) counts.refused++;
    const bucket = durationBucket(call.milliseconds);
    counts.durations.set(bucket, (counts.durations.get(bucket) ?? 0) + 1);
  };

  #countsOf({ application = "", service = "", entry = "" }: AddressedCall): Counts {
    const key = `${application}/${service}/${entry}`;
    const known = this.#apis.get(key);
    if (known) return known;
    const isRoom = key === "//" || this.#apis.size < MOST_APIS;
    if (!isRoom) return this.#countsOf({ application: "", service: "", entry: "" });
    const names = { application, service, entry };
    const counts = { names, calls: 0, errors: 0, refused: 0, inFlight: 0, durations: new Map() };
    this.#apis.set(key, counts);
    return counts;
  }

  /** What was counted since the last one, and begins anew. */
  #frame(): LiveFrame {
    const now = this.#clock.monotonic();
    const seconds = (now - this.#begun) / 1000;
    this.#begun = now;
    const rows = [...this.#apis.values()].map(rowOf);
    for (const [key, counts] of this.#apis) {
      if (counts.inFlight === 0) this.#apis.delete(key);
      else reset(counts);
    }
    const all = mergeFrames([{ seconds, rows }, ...this.#elsewhere.values()]);
    for (const [process, frame] of this.#elsewhere) this.#elsewhere.set(process, withoutEnded(frame));
    return { seconds, rows: all.rows };
  }
}

function rowOf({ names, calls, errors, refused, inFlight, durations }: Counts): LiveRow {
  return {
    ...names,
    calls,
    errors,
    refused,
    inFlight,
    durations: [...durations].toSorted(([a], [b]) => a - b),
  };
}

function reset(counts: Counts): void {
  counts.calls = counts.errors = counts.refused = 0;
  counts.durations.clear();
}
