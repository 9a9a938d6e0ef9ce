import { fileReason } from "../core/file-reason.ts";
import { OUTPUT_PATIENCE } from "../core/output-patience.ts";
import type { Terminal } from "./terminal.ts";

export interface ProcessTerminal extends Terminal {
  /**
   * Nothing is left to do: the process ends with this code when its output has been taken. The reader of a
   * command's output may take any time (`appconn get app | less`); a server does not wait for ever for one that
   * takes nothing.
   */
  end(exitCode: number): void;
}

/** The terminal of this process. */
export function processTerminal(): ProcessTerminal {
  const { env: environment, stdin, stdout, stderr } = process;
  let outlived = false;
  for (const output of [stdout, stderr]) {
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (outlived) return;
      // `appconn get app | head -1`: who read the output has what it wanted.
      if (error.code === "EPIPE") process.exit(0);
      // A full disk, most likely. What is left to say can only go to the other one.
      if (output === stdout) stderr.write(`error: the output cannot be written: ${fileReason(error)}\n`);
      process.exit(1);
    });
  }
  return {
    environment,
    stdin,
    stdout,
    stderr,
    outliveOutput: () => {
      outlived = true;
    },
    end: (exitCode) => {
      process.exitCode = exitCode;
      // A write to a full pipe keeps the process alive, and the timer does not: it ends what would go on.
      if (outlived) setTimeout(() => process.exit(), OUTPUT_PATIENCE).unref();
    },
  };
}
