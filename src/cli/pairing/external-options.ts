import { Option, type Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { readDuration } from "../server/server-options.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "./client-key.ts";

/** Options of what the external system's side does. */
export interface ExternalOptions {
  /** Milliseconds; 0: no limit. */
  readonly requestTimeout: number;
}

export interface KeyOptions {
  readonly key?: KeyAlgorithm;
}

export function addExternalOptions(command: Command): Command {
  return command.addOption(
    new Option("--request-timeout <duration>", "how long one request may take; 0: as long as it takes")
      .argParser(readDuration)
      .default(30_000, "30s"),
  );
}

export function addKeyOption(command: Command, otherwise: string): Command {
  return command.addOption(
    new Option("--key <algorithm>", `kind of the new key; otherwise ${otherwise}`).choices(KEY_ALGORITHMS),
  );
}

/** What every request of a command has in common. */
export function sessionOf({ version }: CommandContext, { requestTimeout }: ExternalOptions) {
  return { timeout: requestTimeout || 2_147_483_647, userAgent: `appconn/${version}` };
}
