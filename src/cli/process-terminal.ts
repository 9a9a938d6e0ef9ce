import { fileReason } from "../core/file-reason.ts";
import type { Terminal } from "./terminal.ts";

/** The terminal of this process. */
export function processTerminal(): Terminal {
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
  };
}
