/** Where the bytes of a log go: a file, or the stream that stdout is. */
export interface Outlet {
  /** Shown to operators and in the label of a metric: `stdout`, `audit.log`. */
  readonly name: string;
  /** Whether a failed write may succeed later: a disk gets space again, a closed pipe stays closed. */
  readonly recovers: boolean;
  /**
   * Writes all of it; on an error `written` says how many bytes came through. Never called twice at once, and
   * `chunk` is not to be kept beyond `done`: its memory is used again.
   */
  write(chunk: Buffer, done: (error: Error | undefined, written: number) => void): void;
  /** For the moment of exit, also during a write: writes what goes without waiting, never throws. */
  writeNow(chunk: Buffer): void;
  /** Opens the file by its name again, after someone moved it. Never called during a write. */
  reopen(): void;
  /** Never called during a write. */
  close(): void;
}
