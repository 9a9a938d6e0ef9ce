import { spawn } from "node:child_process";

export interface Ran {
  readonly code: number | null;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly directory?: string;
  readonly signal?: AbortSignal;
  /** Called with each piece of output. */
  readonly onOutput?: (output: string) => void;
}

/** Runs a program to its end; rejects only when it cannot be started. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(program, args, {
    cwd: options.directory,
    env: { ...process.env, ...options.env },
    signal: options.signal,
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
    options.onOutput?.(output);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  // A program that does not read its input is no failure of ours.
  child.stdin.on("error", () => {}).end(options.input ?? "");
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  child.once("error", (error) => (error.name === "AbortError" ? undefined : reject(error)));
  child.once("close", (code) => resolve({ code, output }));
  return promise;
}
