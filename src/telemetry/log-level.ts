/** Thresholds of the original, lowest first; its `dpanic` and `panic` are heights between error and fatal. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "dpanic", "panic", "fatal"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The level that a text means, as the original's logger reads it: any case, `warning` for `warn`, and the
 * empty text for `info`.
 */
export function logLevelNamed(text: string): LogLevel | undefined {
  const name = text.toLowerCase();
  if (name === "") return "info";
  return name === "warning" ? "warn" : LOG_LEVELS.find((level) => level === name);
}

/** The threshold of the running process, to be read and changed while it runs. */
export interface LogLevelSwitch {
  get(): LogLevel;
  set(level: LogLevel): void;
}

/** One whose changes others follow. */
export class WatchedLogLevel implements LogLevelSwitch {
  readonly #level: LogLevelSwitch;
  readonly #watchers = new Set<(level: LogLevel) => void>();

  constructor(level: LogLevelSwitch) {
    this.#level = level;
  }

  get(): LogLevel {
    return this.#level.get();
  }

  set(level: LogLevel): void {
    this.#level.set(level);
    for (const watcher of this.#watchers) watcher(level);
  }

  /** Tells each change until disposed of. */
  watch(watcher: (level: LogLevel) => void): Disposable {
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }
}
