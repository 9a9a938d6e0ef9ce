import { InvalidArgumentError, Option, type Command } from "commander";
import { parseDuration } from "../../core/duration.ts";
import type { ServerOptions } from "./find-server.ts";

export interface ConnectionOptions extends ServerOptions {
  /** Milliseconds. */
  readonly requestTimeout: number;
}

/** The options by which a command finds its server. */
export function addServerOptions(command: Command): Command {
  return command
    .optionsGroup("Server:")
    .option("--data-dir <dir>", "data directory of the server (env APPCONN_DATA_DIR)")
    .option("--kubeconfig <file>", "kubeconfig of the server (env KUBECONFIG)")
    .option("--context <name>", "context of the kubeconfig instead of its current one")
    .addOption(
      new Option("--request-timeout <duration>", "how long one request may take; 0: as long as it takes")
        .argParser(readDuration)
        .default(30_000, "30s"),
    );
}

export function readDuration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined)
    throw new InvalidArgumentError('It must be a duration like "30s", "12h" or "90d".');
  return milliseconds;
}
