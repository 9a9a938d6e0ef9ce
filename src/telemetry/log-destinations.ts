import { fstatSync } from "node:fs";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import type { Clock } from "../core/clock.ts";
import { Failure, reasonOf } from "../core/failures.ts";
import { OUTPUT_PATIENCE } from "../core/output-patience.ts";
import { telemetryFailures } from "./failures.ts";
import { FileOutlet } from "./file-outlet.ts";
import { LineSink } from "./line-sink.ts";
import type { Outlet } from "./outlet.ts";
import { StreamOutlet } from "./stream-outlet.ts";

export type StandardOutput = Writable & { readonly fd?: number; readonly isTTY?: boolean };

export interface LogDestinationsOptions {
  /** Relative names are files in here. */
  readonly directory: string;
  readonly stdout: StandardOutput;
  /** Bytes; 0: files are never renamed. */
  readonly rotateAt: number;
  readonly flushInterval: number;
  readonly clock: Clock;
  /** A destination cannot be written (undefined: can be again). */
  readonly onTrouble: (sink: LineSink, error: Error | undefined) => void;
}

/** The open destinations of logs: each one once, however many logs go there, so that no line is cut by another. */
export class LogDestinations {
  readonly #options: LogDestinationsOptions;
  readonly #sinks = new Map<string, LineSink>();
  readonly #flushNow = () => {
    for (const sink of this.#sinks.values()) sink.flushNow();
  };

  constructor(options: LogDestinationsOptions) {
    this.#options = options;
    process.on("exit", this.#flushNow);
  }

  get sinks(): readonly LineSink[] {
    return [...this.#sinks.values()];
  }

  /** `name` is stdout or a file; `setting` is where it was written. Throws a Failure that names both. */
  open(name: string, setting: string): LineSink {
    const key = name === "stdout" ? name : resolve(this.#options.directory, name);
    const known = this.#sinks.get(key);
    if (known) return known;
    const sink: LineSink = new LineSink(this.#outlet(key, setting), {
      flushInterval: this.#options.flushInterval,
      clock: this.#options.clock,
      onTrouble: (error) => this.#options.onTrouble(sink, error),
    });
    this.#sinks.set(key, sink);
    return sink;
  }

  reopen(): void {
    for (const sink of this.#sinks.values()) sink.reopen();
  }

  async close(): Promise<void> {
    await Promise.all(this.sinks.map((sink) => sink.close(OUTPUT_PATIENCE)));
    process.off("exit", this.#flushNow);
  }

  #outlet(key: string, setting: string): Outlet {
    if (key === "stdout") return standardOutlet(this.#options.stdout);
    try {
      return new FileOutlet(key, this.#options.rotateAt);
    } catch (error) {
      const definition = telemetryFailures.TELEMETRY_FILE_UNUSABLE;
      const values = [key, setting, reasonOf(error)];
      throw new Failure("TELEMETRY_FILE_UNUSABLE", definition, values, { cause: error });
    }
  }
}

/** Node writes to a redirected stdout (`> file`) on the main thread, which a slow disk would stop. */
function standardOutlet(stdout: StandardOutput): Outlet {
  const redirected = stdout.fd === 1 && fstatSync(1).isFile();
  return redirected ? new FileOutlet() : new StreamOutlet(stdout);
}
