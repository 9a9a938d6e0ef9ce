import { Command, Option } from "commander";
import { stringify } from "yaml";
import type { CommandContext } from "./command-context.ts";
import { usageError } from "./command-error.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { TableRenderer } from "./output/render-table.ts";
import { certificateTable } from "./pairing/certificate-table.ts";
import { issuedEverywhere, issuedFor, type IssuedRecord } from "./pairing/issued-certificates.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

const FORMATS = ["table", "wide", "json", "yaml", "name"] as const;

interface ListOptions extends ConnectionOptions {
  readonly all?: boolean;
  readonly headers: boolean;
  readonly output?: (typeof FORMATS)[number];
}

const DETAILS = `
Without -o, a terminal gets a table and a pipe gets JSON. Soonest end first. -o wide shows whole hashes, and who
asked for each certificate; -o name prints the hashes alone.

Examples:
  appconn cert list shop
  appconn cert list --all
  appconn cert list shop -o json | jq '.items[] | select(.revokedAt == null) | .notAfter'`;

export function certListCommand(context: CommandContext): Command {
  const command = new Command("list")
    .description("List the certificates that were issued: who has them, until when, and whether they count.")
    .argument("[application]", "name of the Application")
    .option("--all", "of all Applications")
    .option("--no-headers", "leave out the headers of tables")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(FORMATS))
    .addHelpText("after", DETAILS)
    .action((application: string | undefined, options: ListOptions) => list(context, application, options));
  return addServerOptions(command);
}

async function list(
  context: CommandContext,
  application: string | undefined,
  options: ListOptions,
): Promise<void> {
  if ((application === undefined) !== (options.all === true)) {
    throw usageError("error: say whose certificates: either the name of an Application, or --all");
  }
  const { stdout } = context.terminal;
  using server = openServer(context, options);
  const issued = application === undefined ? issuedEverywhere(server) : issuedFor(server.client, application);
  const found: IssuedRecord[] = [];
  for await (const one of issued) found.push(one);
  const format = options.output ?? (stdout.isTTY === true ? "table" : "json");
  if (format === "table" || format === "wide") printTable(context, found, options);
  else if (format === "name") for (const { hash } of found) stdout.write(`${hash}\n`);
  else {
    const items = { items: found.map(({ record }) => record) };
    stdout.write(format === "json" ? `${JSON.stringify(items, undefined, 4)}\n` : stringify(items));
  }
}

function printTable(
  { terminal }: CommandContext,
  found: readonly IssuedRecord[],
  options: ListOptions,
): void {
  if (found.length === 0) {
    terminal.stderr.write("No certificates found\n");
    return;
  }
  const emphasis = emphasisFor(terminal.stdout, terminal.environment);
  const style = {
    wide: options.output === "wide",
    namespaces: false,
    prefix: "",
    headers: options.headers,
    emphasis,
  };
  const records = found.map(({ record }) => record);
  const table = certificateTable(records, {
    withApplication: options.all === true,
    wide: style.wide,
    emphasis,
    now: Date.now(),
  });
  terminal.stdout.write(new TableRenderer(style).render(table));
}
