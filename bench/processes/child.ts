import { spawn, type ChildProcess } from "node:child_process";
import { openSync, closeSync } from "node:fs";
import { once } from "node:events";
import { killGroup, owned } from "./owned.ts";
import { pinned } from "./pinned.ts";

export interface ChildOptions {
  /** Core to pin to; undefined leaves the choice to the system. */
  readonly core?: number | undefined;
  /** Where standard output and error go; `inherit` shows them, undefined drops them. */
  readonly output?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** How long a stop may take before the process is killed, in milliseconds. */
  readonly grace?: number;
  readonly stopSignal?: NodeJS.Signals;
}

/** A process that the benchmark started, and stops again. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #command: string;
  readonly #grace: number;
  readonly #stopSignal: NodeJS.Signals;

  constructor(command: string, parameters: readonly string[], options: ChildOptions = {}) {
    const { program, parameters: rest } = pinned(options.core, command, parameters);
    const output = options.output === undefined ? "ignore" : openSync(options.output, "a");
    const environment = { ...process.env, ...options.environment };
    this.#process = owned(
      spawn(program, rest, { stdio: ["ignore", output, output], detached: true, env: environment }),
    );
    if (typeof output === "number") closeSync(output);
    this.#command = command;
    this.#grace = options.grace ?? 5000;
    this.#stopSignal = options.stopSignal ?? "SIGTERM";
  }

  /** taskset replaces itself by the program, so this is the program's own. */
  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error(`${this.#command} did not start`);
    return pid;
  }

  get ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async stop(): Promise<void> {
    if (this.ended || this.#process.pid === undefined) return;
    const exit = once(this.#process, "exit");
    this.#process.kill(this.#stopSignal);
    const timer = setTimeout(() => killGroup(this.#process), this.#grace);
    await exit;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
