import { readFileSync } from "node:fs";
import { resolve as absolute } from "node:path";
import { Command } from "commander";
import { load, type Loaded } from "../config/load.ts";
import { nameSettings } from "../config/named-settings.ts";
import { describeProblems } from "../config/problem.ts";
import type { SettingTree } from "../config/setting.ts";
import { Failure } from "../core/failures.ts";
import { fileReason } from "../core/file-reason.ts";
import type { CommandContext, RunningServer } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { describeSettings } from "./describe-settings.ts";
import { printConfiguration } from "./print-configuration.ts";
import { stopSignals } from "./stop-signals.ts";
import type { Output } from "./terminal.ts";
import { welcome } from "./welcome.ts";

interface ServeOptions {
  readonly config?: string;
  readonly printConfig?: boolean;
  readonly quiet?: boolean;
}

const DETAILS = `
Every setting has a flag, an environment variable and a place in the file; a flag wins over the environment,
the environment over the file. All of them stand below and in docs/reference/configuration.md.

Examples:
  appconn serve
  appconn serve --data-dir /var/lib/appconn --gateway-port 9080
  APPCONN_TELEMETRY_LOG_LEVEL=debug appconn serve
  appconn serve --config appconn.yaml --print-config`;

export async function serveCommand(context: CommandContext): Promise<Command> {
  const settings = await context.server.settings();
  return (
    new Command("serve")
      .description("Run every component of the Application Connector in this process, until it is stopped.")
      .option("--config <file>", "YAML file with settings (env APPCONN_CONFIG)")
      .option("--print-config", "print all settings with their sources, and do not start")
      .option("--quiet", "do not print the addresses and what to try next")
      // The settings' own flags are read by the loader, which reports every mistake, not only the first.
      .allowUnknownOption()
      .argument("[flags...]")
      .usage("[options] [--SETTING=VALUE ...]")
      .addHelpText("after", `${DETAILS}\n\n${describeSettings(nameSettings(settings))}`)
      .action((flags: readonly string[], options: ServeOptions) =>
        serve(context, { options, settings, flags }),
      )
  );
}

/** Milliseconds after which a person at a terminal wonders what is going on. */
const NOTICEABLE = 500;

interface Serving {
  readonly options: ServeOptions;
  readonly settings: SettingTree;
  readonly flags: readonly string[];
}

async function serve(context: CommandContext, { options, settings, flags }: Serving): Promise<void> {
  const { stdout, stderr, environment } = context.terminal;
  const loaded = load(settings, { flags, environment, ...file(context, options) });
  if (loaded.kind === "refused") {
    throw new CommandError(describeProblems(loaded.problems), { exitCode: 2 });
  }
  for (const warning of loaded.warnings) stderr.write(`warning: ${warning}\n`);
  if (options.printConfig) {
    stdout.write(printConfiguration(nameSettings(settings), loaded));
    return;
  }
  context.terminal.outliveOutput();
  using stop = stopSignals(
    process,
    () => performance.now(),
    () => process.exit(1),
  );
  const server = await start(context, loaded, stop.signal);
  if (!server) return;
  if (!options.quiet) stderr.write(welcome(server, context));
  await run(server, stop.signal);
  await closeWithNotice(server, options.quiet ? undefined : stderr);
}

/** Undefined when a signal came before everything listened. */
async function start(
  { server }: CommandContext,
  { options, origins }: Loaded<SettingTree>,
  signal: AbortSignal,
): Promise<RunningServer | undefined> {
  try {
    return await server.start(options, { signal, origins });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw failed("cannot start", error);
  }
}

/** Resolves when it is asked to stop; rejects when it cannot go on. */
async function run(server: RunningServer, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    await Promise.race([stopped, server.failed]);
  } catch (error) {
    await server.close();
    throw failed("stopped", error);
  }
}

/** Finishes calls in flight, and says so when that takes a while. */
async function closeWithNotice(server: RunningServer, output: Output | undefined): Promise<void> {
  const notice = setTimeout(() => {
    output?.write("Stopping: calls in flight are finished first. Ctrl-C again stops at once.\n");
  }, NOTICEABLE);
  try {
    await server.close();
  } finally {
    clearTimeout(notice);
  }
}

/** A Failure says all there is to know; anything else is a surprise that keeps its stack. */
function failed(what: string, error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const text = `appconn serve ${what}: ${error.message} (${error.code})\nWhat to do: ${error.remedy}`;
  return new CommandError(text, { cause: error });
}

function file(
  { terminal }: CommandContext,
  options: ServeOptions,
): { readonly file?: { readonly name: string; readonly text: string } } {
  const flagged = options.config !== undefined;
  const name = options.config ?? terminal.environment["APPCONN_CONFIG"];
  if (!name) return {};
  try {
    return { file: { name, text: readFileSync(name, "utf8") } };
  } catch (error) {
    const source = flagged ? "--config" : "APPCONN_CONFIG";
    const reason = `cannot be read: ${fileReason(error)}; name a YAML file, or none for the defaults`;
    const text = describeProblems([{ subject: absolute(name), text: reason, source }]);
    throw new CommandError(text, { exitCode: 2, cause: error });
  }
}
