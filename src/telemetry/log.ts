import { pino } from "pino";
import type { Clock } from "../core/clock.ts";
import { asciiJson } from "./json-text.ts";
import { LOG_LEVELS, type LogLevel, type LogLevelSwitch } from "./log-level.ts";
import { redactFields } from "./redact-fields.ts";
import { redactText } from "./redact.ts";
import { terminalLine } from "./terminal-line.ts";
import { timestamp } from "./timestamp.ts";

/**
 * What happened, as names and values. Values of secret names (`password`, `authorization`, `data` …) are
 * replaced; use `secretName` for the name of a Secret. An error goes under `error` and is written with its
 * causes.
 */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Before the process gives up. */
  fatal(message: string, fields?: LogFields): void;
  /** A log whose lines all carry these fields. It follows the level of this one. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** json: one object a line. terminal, coloured: one line for people. */
  readonly form: "json" | "terminal" | "coloured";
  /** Takes each line with its line feed. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
}

/** Heights of pino, with the original's two between error and fatal. */
const HEIGHTS: Readonly<Record<LogLevel, number>> = {
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  dpanic: 53,
  panic: 56,
  fatal: 60,
};

type WrittenLevel = "debug" | "info" | "warn" | "error" | "fatal";

/** A log and the switch of its level, which holds for its children too. */
export function createLog(options: LogOptions): { log: Log; level: LogLevelSwitch } {
  const logger = options.form === "json" ? jsonLogger(options) : terminalLogger(options);
  return { log: new RedactingLog(logger, {}), level: logger.level };
}

interface Logger {
  readonly level: LogLevelSwitch;
  enabled(level: WrittenLevel): boolean;
  write(level: WrittenLevel, message: string, fields: Record<string, unknown>): void;
}

function jsonLogger({ level, write, clock }: LogOptions): Logger {
  const logger = pino<LogLevel>(
    {
      level,
      customLevels: HEIGHTS,
      useOnlyCustomLevels: true,
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${timestamp(clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
      depthLimit: 10,
    },
    { write: (line) => write(asciiJson(line)) },
  );
  return {
    level: {
      get: () => LOG_LEVELS.find((name) => name === logger.level) ?? "info",
      set: (name) => void (logger.level = name),
    },
    enabled: (name) => logger.isLevelEnabled(name),
    write: (name, message, fields) => logger[name](fields, "%s", message),
  };
}

function terminalLogger({ level, form, write, clock }: LogOptions): Logger {
  let threshold = level;
  return {
    level: { get: () => threshold, set: (name) => void (threshold = name) },
    enabled: (name) => HEIGHTS[name] >= HEIGHTS[threshold],
    write: (name, message, fields) =>
      write(terminalLine({ time: clock.now(), level: name, message, fields }, form === "coloured")),
  };
}

class RedactingLog implements Log {
  readonly #logger: Logger;
  readonly #fields: LogFields;

  constructor(logger: Logger, fields: LogFields) {
    this.#logger = logger;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write("error", message, fields);
  }

  fatal(message: string, fields?: LogFields): void {
    this.#write("fatal", message, fields);
  }

  child(fields: LogFields): Log {
    return new RedactingLog(this.#logger, { ...this.#fields, ...fields });
  }

  #write(level: WrittenLevel, message: string, fields: LogFields | undefined): void {
    if (!this.#logger.enabled(level)) return;
    // A log line must not be able to fail the work that it describes.
    try {
      const redacted = redactFields({ ...this.#fields, ...fields });
      this.#logger.write(level, redactText(message), withoutReserved(redacted));
    } catch {
      this.#logger.write(level, redactText(message), { unloggableFields: true });
    }
  }
}

/** Fields must not pass for the parts that every line has. */
function withoutReserved(fields: Record<string, unknown>): Record<string, unknown> {
  const reserved = ["time", "level", "message", "log"].filter((name) => name in fields);
  if (reserved.length === 0) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [reserved.includes(name) ? `${name}_` : name, value]),
  );
}
