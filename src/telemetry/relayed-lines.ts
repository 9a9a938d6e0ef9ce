import type { LogLevel } from "./log-level.ts";
import type { LogOptions } from "./log.ts";

/** The logs that several processes have together. One of them writes. */
export const RELAYED_LOGS = ["log", "access", "audit"] as const;

export type RelayedLog = (typeof RELAYED_LOGS)[number];

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

/** Writes whole lines of another process. They are not kept beyond the call. */
export type TakeLines = (log: RelayedLog, lines: Buffer) => void;
