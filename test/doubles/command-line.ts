import { Readable } from "node:stream";
import { runCommandLine } from "../../src/cli/program.ts";

export interface CommandLineResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLineSurroundings {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it is a terminal that the command reads from and writes to. */
  readonly isTTY?: boolean;
}

/** Runs one command line in this process. */
export async function commandLine(
  words: readonly string[],
  { input = "", environment = {}, isTTY = false }: CommandLineSurroundings = {},
): Promise<CommandLineResult> {
  const written = { stdout: "", stderr: "" };
  const output = (name: keyof typeof written) => ({
    isTTY,
    write: (text: string) => void (written[name] += text),
  });
  const code = await runCommandLine(words, {
    terminal: {
      environment: { NO_COLOR: "1", ...environment },
      stdin: Object.assign(Readable.from([input]), { isTTY }),
      stdout: output("stdout"),
      stderr: output("stderr"),
      outliveOutput: () => {},
    },
    version: "1.2.3",
    server: {
      settings: () => Promise.resolve({}),
      start: () => Promise.reject(new Error("no command under test starts a server")),
    },
  });
  return { code, ...written };
}
