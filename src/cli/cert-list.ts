import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { usageError } from "./command-error.ts";
import { addListOptions, printList, type ListOptions, type ListStyle } from "./output/print-list.ts";
import { certificateTable } from "./pairing/certificate-table.ts";
import { issuedEverywhere, issuedFor, type IssuedRecord } from "./pairing/issued-certificates.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface CertificatesOptions extends ConnectionOptions, ListOptions {
  readonly all?: boolean;
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
    .addHelpText("after", DETAILS)
    .action((application: string | undefined, options: CertificatesOptions) =>
      list(context, application, options),
    );
  return addServerOptions(addListOptions(command));
}

async function list(
  context: CommandContext,
  application: string | undefined,
  options: CertificatesOptions,
): Promise<void> {
  if ((application === undefined) !== (options.all === true)) {
    throw usageError("error: say whose certificates: either the name of an Application, or --all");
  }
  using server = openServer(context, options);
  const issued = application === undefined ? issuedEverywhere(server) : issuedFor(server.client, application);
  const found: IssuedRecord[] = [];
  for await (const one of issued) found.push(one);
  const items = found.map(({ record }) => record);
  const withApplication = options.all === true;
  const shown = {
    items,
    names: () => found.map(({ hash }) => hash),
    table: (style: ListStyle) => certificateTable(items, { ...style, withApplication, now: Date.now() }),
    none: "No certificates found",
  };
  await printList(context, shown, options);
}
