import { Command, InvalidArgumentError, Option } from "commander";
import { stringify } from "yaml";
import { kubeconfigText } from "../core/kubeconfig.ts";
import type { CommandContext } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { objectAt, textAt, textsAt } from "./json-fields.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { dayAndTime } from "./pairing/times.ts";
import type { Connection } from "./server/connection.ts";
import { openServer } from "./server/open-server.ts";
import { addServerOptions, readDuration, type ConnectionOptions } from "./server/server-options.ts";

interface CreateOptions extends ConnectionOptions {
  readonly role: string;
  readonly application?: readonly string[];
  /** Milliseconds. */
  readonly expires?: number;
  readonly output?: "token" | "json" | "yaml" | "kubeconfig";
}

const DETAILS = `
Roles:
  admin    everything, also access tokens and the authority of client certificates
  editor   reads and writes all resources, makes pairing links, revokes certificates
  viewer   reads everything but Secrets and TokenRequests

With --application, an editor or viewer is limited to these Applications; an editor also to the Secrets that have
the label app=APPLICATION, and to pairing for them.

The token is shown this once, on standard output; the server keeps its hash alone. Without --expires it is good
until it is revoked. -o kubeconfig prints a file with which kubectl, helm and appconn use the server.

Examples:
  appconn access create ci --role editor --application shop --expires 90d
  appconn access create monitoring --role viewer -o token > ./token
  (umask 077 && appconn access create alice --role editor -o kubeconfig > ./alice.kubeconfig)`;

export function accessCreateCommand(context: CommandContext): Command {
  const command = new Command("create")
    .description("Make a token for a person or a program.")
    .argument("<name>", "name of the user, as audit records have it")
    .addOption(
      new Option("--role <role>", "what the token is good for")
        .choices(["admin", "editor", "viewer"])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--application <name>", "limit the token to this Application; may be given again").argParser(
        (name: string, names: readonly string[] | undefined) => [...(names ?? []), name],
      ),
    )
    .addOption(
      new Option("--expires <duration>", "when the token ends, such as 12h or 90d").argParser(readLife),
    )
    .addOption(
      new Option("-o, --output <format>", "form of the output").choices([
        "token",
        "json",
        "yaml",
        "kubeconfig",
      ]),
    )
    .addHelpText("after", DETAILS)
    .action((name: string, options: CreateOptions) => create(context, name, options));
  return addServerOptions(command);
}

function readLife(text: string): number {
  const milliseconds = readDuration(text);
  if (milliseconds < 1000) throw new InvalidArgumentError("It must be a second at least.");
  return milliseconds;
}

async function create(context: CommandContext, name: string, options: CreateOptions): Promise<void> {
  using server = openServer(context, options);
  const { role, application: applications, expires } = options;
  const expiresInSeconds = expires === undefined ? undefined : Math.round(expires / 1000);
  const request = {
    name,
    role,
    ...(applications && { applications }),
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
  };
  const { body } = await server.client.request({ method: "POST", path: "/v1/access/tokens", body: request });
  const token = textAt(body, "token");
  if (token === undefined) {
    throw new CommandError(
      `the server at ${server.connection.server} made no access token: is it an Application Connector?`,
    );
  }
  const { stdout } = context.terminal;
  const { output = "token" } = options;
  if (output === "json") stdout.write(`${JSON.stringify(body, undefined, 2)}\n`);
  else if (output === "yaml") stdout.write(stringify(body, { lineWidth: 0 }));
  else if (output === "kubeconfig") stdout.write(kubeconfigFor(name, token, server.connection));
  else stdout.write(`${token}\n`);
  if (options.output === undefined) explain(context, body);
}

function kubeconfigFor(user: string, token: string, { server, tls, product }: Connection): string {
  const { gatewayUrl, compassUrl, credentialsNamespace } = product;
  const known = gatewayUrl !== undefined && compassUrl !== undefined && credentialsNamespace !== undefined;
  const gateway = known ? { gatewayUrl, compassUrl, credentialsNamespace } : undefined;
  return kubeconfigText({ server, authority: tls.ca, user, token, gateway });
}

function explain({ terminal }: CommandContext, body: unknown): void {
  const emphasis = emphasisFor(terminal.stderr, terminal.environment);
  const record = objectAt(body);
  const applications = textsAt(record, "applications");
  const limit = applications.length === 0 ? "" : ` of ${applications.join(", ")}`;
  const expires = textAt(record, "expiresAt");
  const end = expires === undefined ? "until it is revoked" : `until ${dayAndTime(expires)}`;
  terminal.stderr.write(
    `\n${emphasis("bold", `${textAt(record, "name") ?? ""} is ${textAt(record, "role") ?? ""}${limit}, ${end}.`)}\n` +
      "The token is not shown again.\n",
  );
}
