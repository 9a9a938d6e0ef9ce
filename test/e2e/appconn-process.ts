import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const appconnPath = fileURLToPath(new URL("../../bin/appconn.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<Ended>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** An environment in which nothing of the machine's own configuration is found. */
export function cleanEnvironment(variables: Variables = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(APPCONN_|KUBECONFIG$|XDG_|NO_COLOR$|NODE_|npm_|ACM_)/.test(name),
  );
  const given = Object.entries({ HOME: "/nonexistent", ...Object.fromEntries(kept), ...variables });
  return Object.fromEntries(given.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Starts a program; its output is collected as it comes. */
export function startProgram(
  command: readonly [string, ...(readonly string[])],
  options: { readonly env?: Variables; readonly cwd?: string } = {},
): Running {
  const [program, ...words] = command;
  const child = spawn(program, words, {
    env: cleanEnvironment(options.env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const collected = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (collected.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (collected.stderr += text));
  const ended = once(child, "close").then(([code]): Ended => ({ code: code as number | null, ...collected }));
  return {
    process: child,
    get stdout() {
      return collected.stdout;
    },
    get stderr() {
      return collected.stderr;
    },
    ended,
  };
}

/** Runs one command line of appconn to its end. */
export async function appconn(
  words: readonly string[],
  options: { readonly env?: Variables; readonly input?: string } = {},
): Promise<Ended> {
  const running = startProgram([process.execPath, appconnPath, ...words], options);
  running.process.stdin.end(options.input ?? "");
  return await running.ended;
}
