import { Command } from "commander";
import type { PlainObject } from "../core/plain-object.ts";
import type { CommandContext } from "./command-context.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { KnownServices } from "./describe/known-services.ts";
import { addListOptions, printList, type ListOptions } from "./output/print-list.ts";
import { serviceTable } from "./registry/service-table.ts";
import type { ApiClient } from "./server/api-client.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

const DETAILS = `
Without -o, a terminal gets a table and a pipe gets JSON; -o name prints the ids alone.

Examples:
  appconn api list shop
  appconn api list shop -o json | jq -r '.items[].entries[].targetUrl'`;

export function apiListCommand(context: CommandContext): Command {
  const command = new Command("list")
    .description("List what an Application offers, and under which URL workloads call it.")
    .argument("<application>", "name of the Application")
    .addHelpText("after", DETAILS)
    .action((application: string, options: ListOptions & ConnectionOptions) =>
      list(context, application, options),
    );
  return addServerOptions(addListOptions(command));
}

async function list(
  context: CommandContext,
  application: string,
  options: ListOptions & ConnectionOptions,
): Promise<void> {
  using server = openServer(context, options);
  const path = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";
  const { body } = await server.client.request({ path: `${path}/${encodeURIComponent(application)}` });
  const items = objectsAt(body, "spec", "services");
  const shown = {
    items,
    names: () => items.map((service) => textAt(service, "id") ?? ""),
    table: async () => serviceTable(items, await calledAt(server.client, application)),
    none: `${application} has registered nothing`,
  };
  await printList(context, shown, options);
}

/** Where workloads call a service, which the server works out. */
async function calledAt(
  client: ApiClient,
  application: string,
): Promise<(service: PlainObject, index: number) => string | undefined> {
  const none = { gatewayUrl: undefined, compassUrl: undefined };
  const known = await KnownServices.ask(client, application, none);
  return (service, index) => known?.apisOf({ id: textAt(service, "id") }, index)[0]?.urls[0];
}
