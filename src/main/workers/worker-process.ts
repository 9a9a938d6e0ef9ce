import { fork, type ChildProcess } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogPipes } from "./log-pipes.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why there has been none, as for want of descriptors. */
  readonly notBegun?: string;
}

export interface WorkerProcessOptions {
  readonly environment: Environment;
  readonly received: (message: FromWorker) => void;
  /** It gets their ends, which are closed here. */
  readonly logs: LogPipes;
  readonly ended: (end: ProcessEnd) => void;
}

/** A process that serves calls, as the one sees it that has started it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #logs: LogPipes;

  constructor({ environment, received, logs, ended }: WorkerProcessOptions) {
    // Also where `fork` throws, as it does for want of memory.
    using _given = logs;
    // TypeScript rewrites imports, not URLs.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#child = fork(fileURLToPath(new URL(`gateway-worker.${extension}`, import.meta.url)), [], {
      env: { ...withoutSettings(environment), ...compileCache() },
      execArgv: inheritedOptions(),
      serialization: "advanced",
      // What Node says of a crash is seen.
      stdio: ["ignore", "ignore", "inherit", "ipc", ...logs.given],
    });
    this.#logs = logs;
    this.#child.on("message", (message) => received(message as FromWorker));
    // Either may come alone: a program that cannot be started does not exit.
    const tell = onlyOnce(ended);
    this.#child.once("exit", (code, signal) => tell({ code, signal }));
    this.#child.on("error", ({ message }) => {
      if (this.#child.pid === undefined) tell({ code: null, signal: null, notBegun: message });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What cannot be sent is lost with the process that it was for. */
  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Resolves when the channel has taken it, or there is none any more. */
  async sendWhole(message: ToWorker): Promise<void> {
    if (!this.#child.connected) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#child.send(message, () => resolve());
    await promise;
  }

  /** This process keeps its own copy of the connection. */
  sendConnection(message: ToWorker, socket: Socket): void {
    if (this.#child.connected) this.#child.send(message, socket, { keepOpen: true }, () => {});
  }

  /** Resolves when it has ended, and all that it has written to its logs has been read. */
  async read(): Promise<void> {
    await this.#logs.read();
  }

  /** It ends as soon as it has noticed. */
  disconnect(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Of the process that was started, not of those that it starts. */
const OWN_OPTIONS = /^--(inspect|input-type|test|watch)/;

/** Node leaves out the text behind `--eval` by itself where it gets the very list of the process. */
function inheritedOptions(): string[] {
  const kept = process.execArgv.filter((option) => !OWN_OPTIONS.test(option));
  return kept.length === process.execArgv.length ? process.execArgv : kept;
}

/** Settings may hold secrets, and a worker is told what it needs. */
function withoutSettings(environment: Environment): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !pair[0].startsWith("APPCONN_"),
  );
  return Object.fromEntries(kept);
}

/** Without it every start strips and compiles everything anew. */
function compileCache(): Readonly<Record<string, string>> {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}

function onlyOnce(tell: (end: ProcessEnd) => void): (end: ProcessEnd) => void {
  let isTold = false;
  return (end) => {
    if (!isTold) tell(end);
    isTold = true;
  };
}
