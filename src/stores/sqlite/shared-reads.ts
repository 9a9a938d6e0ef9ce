import type { ChangeLog } from "./change-log.ts";
import type { FeedEvent } from "./protocol.ts";

/** What was found after one place of the log, and how far that goes. */
export interface LogRead {
  readonly events: readonly FeedEvent[];
  readonly version: number;
}

/** Places remembered at most: watchers with many different selectors share nothing anyway. */
const MOST = 32;

/**
 * What watchers with the same question are given, read once for all of them. It is the very same list: so it crosses
 * the threads once, and whoever passes it on to many can see that it is.
 */
export class SharedReads {
  readonly #log: Pick<ChangeLog, "version">;
  readonly #reads = new Map<string, LogRead>();
  /** The version at which they were read. */
  #version = 0;

  constructor(log: Pick<ChangeLog, "version">) {
    this.#log = log;
  }

  /** `place` says everything that the answer rests on beside the log. */
  read(place: string, find: () => LogRead): LogRead {
    if (this.#version !== this.#log.version) this.#reads.clear();
    this.#version = this.#log.version;
    const known = this.#reads.get(place);
    if (known) return known;
    const found = find();
    if (this.#reads.size >= MOST) this.#reads.clear();
    this.#reads.set(place, found);
    return found;
  }
}
