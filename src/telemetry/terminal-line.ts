import { printable } from "./printable.ts";

const COLOURS: Readonly<Record<string, string>> = {
  debug: "\u001B[2m",
  info: "\u001B[32m",
  warn: "\u001B[33m",
  error: "\u001B[31m",
  fatal: "\u001B[31;1m",
};
const PLAIN = "\u001B[0m";

export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log record for people: one line, local time, `name=value` for each field, an error with its causes. */
export function terminalLine(record: LogRecord, colours: boolean): string {
  const level = record.level.toUpperCase().padEnd(5);
  const shown = colours ? `${COLOURS[record.level] ?? ""}${level}${PLAIN}` : level;
  const fields = Object.entries(record.fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${printable(name)}=${fieldText(value)}`);
  return `${localTime(record.time)} ${shown} ${printable(record.message)}${fields.join("")}\n`;
}

/** `12:02:24.007` */
export function localTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function fieldText(value: unknown): string {
  if (typeof value === "string" && /^[\w./:@%+-]+$/.test(value)) return value;
  return printable(JSON.stringify(isErrorRecord(value) ? causesOf(value) : value) ?? "undefined");
}

interface ErrorRecord {
  readonly message: string;
  readonly stack: unknown;
  readonly cause?: unknown;
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  return typeof value === "object" && value !== null && "message" in value && "stack" in value;
}

function causesOf(error: ErrorRecord): string {
  const { cause } = error;
  if (cause === undefined) return error.message;
  return `${error.message} ← ${isErrorRecord(cause) ? causesOf(cause) : JSON.stringify(cause)}`;
}
