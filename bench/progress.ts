export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells on standard error where a long run is, and what of its time has passed. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #plannedSeconds: number;
  readonly #clock: () => number;
  readonly #begin: number;
  #step = "";

  /** `clock` gives milliseconds. */
  constructor(output: ProgressOutput, plannedSeconds: number, clock = (): number => performance.now()) {
    this.#output = output;
    this.#plannedSeconds = plannedSeconds;
    this.#clock = clock;
    this.#begin = clock();
  }

  /** A new part of the run: one line each where the output is kept, one line that changes on a terminal. */
  step(text: string): void {
    this.#step = text;
    this.#write(text);
  }

  /** What happens within the step; for a terminal alone. */
  detail(text: string): void {
    if (this.#output.isTTY === true) this.#write(`${this.#step}: ${text}`);
  }

  /** Makes room for a line of something else. */
  clear(): void {
    if (this.#output.isTTY === true) this.#output.write("\r\u001b[K");
  }

  #write(text: string): void {
    this.clear();
    const passed = clockFace((this.#clock() - this.#begin) / 1000);
    const line = `${passed} of about ${clockFace(this.#plannedSeconds)} · ${text}`;
    this.#output.write(this.#output.isTTY === true ? line : `bench: ${line}\n`);
  }
}

function clockFace(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
