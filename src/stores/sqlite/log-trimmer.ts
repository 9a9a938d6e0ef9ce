import type { ChangeLog } from "./change-log.ts";

/** At least this much is kept, whichever is more (admin-api spec §19). */
const KEPT_MILLISECONDS = 10 * 60_000;
const KEPT_CHANGES = 10_000;

/**
 * Decides what may leave the change log. Ages are measured from when a version was first noticed here, on a
 * clock that never jumps; so after a restart everything is kept for another ten minutes.
 */
export class LogTrimmer {
  readonly #log: ChangeLog;
  #noticed: { readonly version: number; readonly monotonic: number }[] = [];

  constructor(log: ChangeLog) {
    this.#log = log;
  }

  /** The version up to which changes may go now; `monotonic` in milliseconds. */
  limit(monotonic: number): number {
    this.#noticed.push({ version: this.#log.version, monotonic });
    const old = this.#noticed.findLastIndex((mark) => monotonic - mark.monotonic >= KEPT_MILLISECONDS);
    const mark = this.#noticed[old];
    if (!mark) return 0;
    this.#noticed = this.#noticed.slice(old);
    return Math.max(0, Math.min(mark.version, this.#log.version - KEPT_CHANGES));
  }
}
