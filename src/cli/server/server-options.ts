import { InvalidArgumentError, type Command } from "commander";
import { parseDuration } from "../../config/setting.ts";
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
    .option("--request-timeout <duration>", "how long one request may take", readDuration, 30_000);
}

export function readDuration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError('It must be a duration like "30s".');
  return milliseconds;
}
