import { Command, Option } from "commander";
import type { CommandContext } from "./command-context.ts";
import { CommandError, usageError } from "./command-error.ts";
import type { GetOptions } from "./get-request.ts";
import { getObjects } from "./get-objects.ts";
import { getTables } from "./get-tables.ts";
import { OUTPUT_FORMATS, outputFormat } from "./output/output-format.ts";
import { readResourceWords } from "./resource-words.ts";
import { targetsOf } from "./resources.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions } from "./server/server-options.ts";

const DETAILS = `
Without -o, a terminal gets a table and a pipe gets JSON. Secrets are a table in both: their values are
printed only where -o json or -o yaml asks for them.

Types: applications (app), secrets, configmaps (cm), namespaces (ns), services (svc) and whatever else the server has.

Examples:
  appconn get applications
  appconn get app orders -o yaml
  appconn get secrets -n kyma-system
  appconn get app,cm -A -l team=shop
  appconn get app -w
  appconn get app | jq '.items[].metadata.name'`;

export function getCommand(context: CommandContext): Command {
  const command = new Command("get")
    .description("Show resources: all of a type, or those that are named.")
    .argument("<type[/name]...>", "a type and names, or type/name pairs")
    .option("-n, --namespace <name>", "namespace to look in")
    .option("-A, --all-namespaces", "look in all namespaces")
    .option("-l, --selector <labels>", "only objects with these labels: a=b,c!=d,e in (f,g)")
    .option("--field-selector <fields>", "only objects with these fields: metadata.name=orders")
    .option("-w, --watch", "go on with every change")
    .option("--no-headers", "leave out the headers of tables")
    .option("--show-managed-fields", "with -o json or yaml, also who wrote which field")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(OUTPUT_FORMATS))
    .addHelpText("after", DETAILS)
    .action((words: readonly string[], options: GetOptions) => get(context, words, options));
  return addServerOptions(command);
}

async function get(context: CommandContext, words: readonly string[], options: GetOptions): Promise<void> {
  const asked = readResourceWords(words);
  const selected = options.selector !== undefined || options.fieldSelector !== undefined;
  if (asked.some(({ name }) => name !== undefined) && (selected || options.allNamespaces)) {
    throw usageError("error: names cannot be combined with a selector or all namespaces");
  }
  using server = openServer(context, options);
  const targets = await targetsOf(asked, server, options);
  const types = targets.map(({ type }) => type);
  const format = outputFormat(options.output, context.terminal.stdout, types);
  if (options.watch && targets.length > 1) throw usageError("error: only one resource can be watched");
  const request = { terminal: context.terminal, server, targets, options, format };
  const failures = await (format === "table" || format === "wide" ? getTables : getObjects)(request);
  if (failures.length > 0) throw new CommandError(failures.join("\n"));
}
