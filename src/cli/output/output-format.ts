import type { Output } from "../terminal.ts";
import type { ResourceType } from "../server/resource-type.ts";

export const OUTPUT_FORMATS = ["table", "wide", "json", "yaml", "name"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Without -o: a table for a person at a terminal, JSON for the program behind a pipe. */
export function defaultFormat(stdout: Output): "table" | "json" {
  return stdout.isTTY === true ? "table" : "json";
}

/** Secrets are a table in a pipe too: their values leave the server only when somebody asks for them. */
export function outputFormat(
  asked: OutputFormat | undefined,
  stdout: Output,
  types: readonly ResourceType[],
): OutputFormat {
  if (asked) return asked;
  const secret = types.some(({ group, kind }) => group === "" && kind === "Secret");
  return secret ? "table" : defaultFormat(stdout);
}
