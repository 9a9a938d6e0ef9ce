import type { LoggedChange } from "./change-log.ts";

/** What is remembered at most: watchers that keep up are behind by less. */
const MOST_CHANGES = 512;
const MOST_CHARACTERS = 1024 * 1024;

/** The last changes of the log, which all watchers ask for after each commit: they cost no reading then. */
export class RecentChanges {
  #changes: LoggedChange[] = [];
  #characters = 0;
  /** Every change after this version is here. */
  #since: number;

  constructor(version: number) {
    this.#since = version;
  }

  add(change: LoggedChange): void {
    this.#changes.push(change);
    this.#characters += sizeOf(change);
    if (this.#changes.length > MOST_CHANGES || this.#characters > MOST_CHARACTERS) this.#forgetHalf();
  }

  /** What came after that version did not happen. */
  rewind(version: number): void {
    while ((this.#changes.at(-1)?.version ?? 0) > version) {
      const undone = this.#changes.pop();
      if (undone) this.#characters -= sizeOf(undone);
    }
    this.#since = Math.min(this.#since, version);
  }

  /** In their order; undefined where older ones are asked for than are here. */
  after(version: number): readonly LoggedChange[] | undefined {
    if (version < this.#since) return undefined;
    // Versions have no holes.
    return this.#changes.slice(Math.max(0, version - this.#since));
  }

  /** At once rather than one by one, which would move all others each time. */
  #forgetHalf(): void {
    const forgotten = this.#changes.splice(0, Math.ceil(this.#changes.length / 2));
    this.#since = forgotten.at(-1)?.version ?? this.#since;
    for (const change of forgotten) this.#characters -= sizeOf(change);
  }
}

function sizeOf({ body, previous }: LoggedChange): number {
  return (body?.stored.length ?? 0) + (previous?.body.stored.length ?? 0);
}
