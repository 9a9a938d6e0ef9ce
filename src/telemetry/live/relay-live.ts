import type { Clock } from "../../core/clock.ts";
import { LiveCalls } from "./live-calls.ts";
import type { LiveFrame } from "./live-frame.ts";
import { LiveLines, type LiveLine } from "./live-lines.ts";
import type { LiveWanted } from "./live.ts";

/** How long a line waits for others on its way to another process. Milliseconds. */
const GATHERING = 50;

/** Lines that wait at most; with more than that within the time, nobody follows anyway. */
const MOST_LINES = 5000;

export interface LiveRelay {
  readonly frame: (frame: LiveFrame) => void;
  readonly lines: (lines: readonly LiveLine[]) => void;
}

/** Hands on what happens in this process to another one, as long as somebody watches there. */
export class RelayedLive implements Disposable {
  readonly #clock: Clock;
  readonly #relay: LiveRelay;
  readonly #calls: LiveCalls;
  readonly #lines: LiveLines;
  #watchedCalls: Disposable | undefined;
  #watchedLines: Disposable | undefined;
  #gathered: LiveLine[] = [];

  constructor(clock: Clock, relay: LiveRelay) {
    this.#clock = clock;
    this.#relay = relay;
    this.#calls = new LiveCalls(clock);
    this.#lines = new LiveLines(clock);
  }

  want({ calls, lines }: LiveWanted): void {
    if (calls) this.#watchedCalls ??= this.#calls.listen(this.#relay.frame);
    else this.#watchedCalls = ended(this.#watchedCalls);
    if (lines) this.#watchedLines ??= this.#lines.listen((line) => this.#gather(line));
    else this.#watchedLines = ended(this.#watchedLines);
  }

  [Symbol.dispose](): void {
    this.want({ calls: false, lines: false });
  }

  #gather(line: LiveLine): void {
    if (this.#gathered.length === 0) this.#clock.after(GATHERING, () => this.#send());
    if (this.#gathered.length < MOST_LINES) this.#gathered.push(line);
  }

  #send(): void {
    const lines = this.#gathered;
    this.#gathered = [];
    this.#relay.lines(lines);
  }
}

function ended(watched: Disposable | undefined): undefined {
  watched?.[Symbol.dispose]();
}
