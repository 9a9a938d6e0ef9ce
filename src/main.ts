import { processTerminal } from "./cli/process-terminal.ts";
import { runCommandLine } from "./cli/program.ts";
import { serverPart } from "./cli/command-context.ts";
import { startSmall } from "./main/start-small.ts";
import { packageVersion } from "./main/version.ts";

/**
 * The process: one command line. What `serve` needs is loaded when it is called, so that the other commands
 * start at once.
 */
const terminal = processTerminal();
const { environment } = terminal;

const exitCode = await runCommandLine(process.argv.slice(2), {
  terminal,
  version: packageVersion(),
  server: serverPart({
    settings: async () => (await import("./main/settings.ts")).settings(environment),
    start: (options, { signal }) =>
      startSmall(async () => {
        const opening = (await import("./main/open-store.ts")).openStore(options, signal);
        // Whoever starts hears of a failure; until then it is not an unhandled one.
        opening.catch(() => undefined);
        return (await import("./main/start.ts")).start(options, { signal, environment, opening });
      }),
  }),
});
terminal.end(exitCode);
