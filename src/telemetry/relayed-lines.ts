import type { Outlet } from "./outlet.ts";
import type { LogLevel } from "./log-level.ts";
import type { LogOptions } from "./log.ts";

/** The logs that several processes have together. One of them writes. */
export type RelayedLog = "log" | "access" | "audit";

/** What a process that does not write its logs itself has to know of them. */
export interface WorkerLogs {
  readonly level: LogLevel;
  readonly form: LogOptions["form"];
  /** undefined: none is kept. */
  readonly access: "json" | "text" | undefined;
  readonly audit: boolean;
  /** Milliseconds that a line may wait for others. */
  readonly flushInterval: number;
}

/** Whole lines on their way to the process that writes them. */
export interface RelayedLines {
  readonly log: RelayedLog;
  readonly bytes: Uint8Array;
  readonly lines: number;
}

/** `done` hears when they are on their way, or why they cannot be. */
export type RelayLines = (lines: RelayedLines, done: (error: Error | null) => void) => void;

const LINE_FEED = 0x0a;

/** Where the lines of one log go that another process writes. */
export class RelayOutlet implements Outlet {
  readonly name: RelayedLog;
  readonly recovers = false;
  readonly #relay: RelayLines;

  constructor(log: RelayedLog, relay: RelayLines) {
    this.name = log;
    this.#relay = relay;
  }

  write(chunk: Buffer, done: (error: Error | undefined, written: number) => void): void {
    // The channel may keep what it has said to have taken, and the memory of a chunk is used again.
    this.#send(chunk, (error) => done(error ?? undefined, error ? 0 : chunk.length));
  }

  writeNow(chunk: Buffer): void {
    // Whoever exits without a word has no way to wait until it has been sent.
    this.#send(chunk, () => {});
  }

  reopen(): void {}

  close(): void {}

  #send(chunk: Buffer, done: (error: Error | null) => void): void {
    let lines = 0;
    for (const byte of chunk) if (byte === LINE_FEED) lines++;
    this.#relay({ log: this.name, bytes: Buffer.from(chunk), lines }, done);
  }
}
