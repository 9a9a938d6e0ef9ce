import { Command, Option } from "commander";
import { stringify } from "yaml";
import type { CommandContext } from "./command-context.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { TableRenderer } from "./output/render-table.ts";
import { serviceTable } from "./registry/service-table.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

const FORMATS = ["table", "wide", "json", "yaml", "name"] as const;

interface ListOptions extends ConnectionOptions {
  readonly headers: boolean;
  readonly output?: (typeof FORMATS)[number];
}

const DETAILS = `
Without -o, a terminal gets a table and a pipe gets JSON; -o name prints the ids alone.

Examples:
  appconn api list shop
  appconn api list shop -o json | jq -r '.items[].entries[].targetUrl'`;

export function apiListCommand(context: CommandContext): Command {
  const command = new Command("list")
    .description("List what an Application offers, and under which URL workloads call it.")
    .argument("<application>", "name of the Application")
    .option("--no-headers", "leave out the headers of tables")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(FORMATS))
    .addHelpText("after", DETAILS)
    .action((application: string, options: ListOptions) => list(context, application, options));
  return addServerOptions(command);
}

async function list(context: CommandContext, application: string, options: ListOptions): Promise<void> {
  const { stdout, stderr, environment } = context.terminal;
  using server = openServer(context, options);
  const path = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";
  const { body } = await server.client.request({ path: `${path}/${encodeURIComponent(application)}` });
  const services = objectsAt(body, "spec", "services");
  const format = options.output ?? (stdout.isTTY === true ? "table" : "json");
  if (format === "json") stdout.write(`${JSON.stringify({ items: services }, undefined, 4)}\n`);
  else if (format === "yaml") stdout.write(stringify({ items: services }, { lineWidth: 0 }));
  else if (format === "name") for (const service of services) stdout.write(`${textAt(service, "id")}\n`);
  else if (services.length === 0) stderr.write(`${application} has registered nothing\n`);
  else {
    const emphasis = emphasisFor(stdout, environment);
    const style = {
      wide: format === "wide",
      namespaces: false,
      prefix: "",
      headers: options.headers,
      emphasis,
    };
    stdout.write(new TableRenderer(style).render(serviceTable(services)));
  }
}
