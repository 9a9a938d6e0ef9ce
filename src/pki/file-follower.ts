import { stat } from "node:fs/promises";
import type { Clock } from "../core/clock.ts";

export interface FileFollowerOptions {
  readonly paths: readonly string[];
  readonly clock: Clock;
  /** Reads the files anew; rejects where what they hold cannot be used. */
  readonly changed: () => Promise<void>;
  /** Told once for each content that cannot be used. */
  readonly failed: (error: unknown) => void;
}

/** How often the files are looked at. Milliseconds. */
export const LOOK_INTERVAL = 10_000;

/**
 * Looks at files again and again, because notifications do not cross network file systems, nor the links by
 * which Kubernetes changes a mounted Secret. Files that belong together are not replaced in one step:
 * what cannot be used is tried once more before it is reported.
 */
export class FileFollower implements Disposable {
  readonly #options: FileFollowerOptions;
  /** What the files looked like when they were last read and could be used, or were reported. */
  #done: string;
  /** What they looked like when they first could not be used. */
  #doubted: string | undefined;
  #timer: Disposable | undefined;
  #closed = false;

  private constructor(options: FileFollowerOptions, done: string) {
    this.#options = options;
    this.#done = done;
    this.#schedule();
  }

  /** Begins before the files are read for the first time, so that no change falls in between. */
  static async start(options: FileFollowerOptions): Promise<FileFollower> {
    return new FileFollower(options, await appearance(options.paths));
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.after(LOOK_INTERVAL, () => void this.#look());
  }

  async #look(): Promise<void> {
    const seen = await appearance(this.#options.paths);
    if (seen !== this.#done) await this.#read(seen);
    this.#schedule();
  }

  async #read(seen: string): Promise<void> {
    try {
      await this.#options.changed();
      this.#done = seen;
    } catch (error) {
      if (this.#doubted === seen) {
        this.#done = seen;
        this.#options.failed(error);
      }
      this.#doubted = seen;
    }
  }
}

async function appearance(paths: readonly string[]): Promise<string> {
  const each = paths.map(async (path) => {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(path);
      return [ino, size, mtimeMs, ctimeMs].join(" ");
    } catch {
      return "none";
    }
  });
  return (await Promise.all(each)).join("\n");
}
