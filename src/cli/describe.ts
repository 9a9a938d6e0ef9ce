import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { describeObject, type Describing } from "./describe/describe-object.ts";
import { objectsAt } from "./json-fields.ts";
import { listPages } from "./list-pages.ts";
import { readResourceWords } from "./resource-words.ts";
import { targetsOf, type Scope } from "./resources.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";
import { StatusError } from "./server/status-error.ts";

interface DescribeOptions extends ConnectionOptions, Scope {
  readonly gatewayUrl?: string;
  readonly compassUrl?: string;
  readonly credentialsNamespace?: string;
}

const DETAILS = `
An Application is shown with the URLs of each API, how it authenticates, and what is wrong with it and how to mend
that, as the server's gateway has it. Whether a call gets through is what appconn check tries. Of a Secret only the
sizes of its values are shown.

Examples:
  appconn describe application orders
  appconn describe app/orders secret/orders-oauth -n kyma-system
  appconn describe app`;

export function describeCommand(context: CommandContext): Command {
  const command = new Command("describe")
    .description("Show all there is to know about resources, and how the APIs of Applications are called.")
    .argument("<type[/name]...>", "a type and names, or type/name pairs")
    .option("-n, --namespace <name>", "namespace to look in")
    .option("-A, --all-namespaces", "look in all namespaces")
    .option("-l, --selector <labels>", "only objects with these labels")
    .option("--gateway-url <url>", "base URL of the gateway, in place of the one that the server tells")
    .option("--compass-url <url>", "base URL of the gateway's listener for three path segments")
    .option("--credentials-namespace <name>", "namespace of the Secrets that Applications refer to")
    .addHelpText("after", DETAILS)
    .action((words: readonly string[], options: DescribeOptions) => describe(context, words, options));
  return addServerOptions(command);
}

async function describe(
  context: CommandContext,
  words: readonly string[],
  options: DescribeOptions,
): Promise<void> {
  using server = openServer(context, options);
  const targets = await targetsOf(readResourceWords(words), server, options);
  const { product } = server.connection;
  const describing: Describing = {
    server,
    givenUrls: { gatewayUrl: options.gatewayUrl, compassUrl: options.compassUrl },
    credentialsNamespace: options.credentialsNamespace ?? product.credentialsNamespace ?? "kyma-system",
    now: Date.now(),
  };
  const failures: string[] = [];
  let shown = 0;
  for (const target of targets) {
    try {
      for await (const page of listPages(server.client, target)) {
        const objects = target.name === undefined ? objectsAt(page, "items") : [page];
        for (const object of objects) {
          const text = await describeObject(target.type, object, describing);
          context.terminal.stdout.write(`${shown++ > 0 ? "\n" : ""}${text}`);
        }
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new CommandError(failures.join("\n"));
  if (shown === 0) context.terminal.stderr.write("No resources found\n");
}
