import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A child process of the tests' own that is read line by line and does not outlive its scope. */
export class LineProcess implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<unknown>;
  readonly lines: string[] = [];
  #errors = "";

  constructor(script: URL, args: readonly string[], command: readonly string[] = []) {
    const [program, ...before] = [...command, process.execPath];
    this.#child = spawn(program, [...before, fileURLToPath(script), ...args]);
    this.#exited = once(this.#child, "close");
    createInterface(this.#child.stdout).on("line", (line) => this.lines.push(line));
    this.#child.stderr.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get errors(): string {
    return this.#errors;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it has ended by itself; everything it said is in `lines` then. */
  async ended(): Promise<void> {
    await this.#exited;
  }

  /** Everything it said is in `lines` when this resolves. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
