import type { Terminal } from "./terminal.ts";

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { env: environment, stdin, stdout, stderr } = process;
  for (const output of [stdout, stderr]) {
    output.on("error", (error: NodeJS.ErrnoException) => {
      // `appconn get app | head -1`: who read the output has what it wanted.
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }
  return { environment, stdin, stdout, stderr };
}
