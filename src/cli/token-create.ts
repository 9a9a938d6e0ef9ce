import { Command, Option } from "commander";
import { stringify } from "yaml";
import type { CommandContext } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { textAt } from "./json-fields.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { formatPairingLink } from "./pairing/pairing-link.ts";
import { serverAuthorityHash } from "./pairing/server-authority-hash.ts";
import { dayAndTime, roughly } from "./pairing/times.ts";
import type { ApiAnswer } from "./server/api-client.ts";
import { openServer, type OpenServer } from "./server/open-server.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";
import { StatusError } from "./server/status-error.ts";

interface TokenOptions extends ConnectionOptions {
  readonly output?: "json" | "yaml" | "link";
  readonly tenant?: string;
  readonly group?: string;
}

/** What `-o json` prints. */
interface PairingToken {
  readonly application: string;
  /** What is handed over. */
  readonly link: string;
  /** As the original has it, without the authority. */
  readonly url: string;
  readonly token: string;
  /** RFC 3339; absent where the server does not tell. */
  readonly expiresAt?: string;
  /** Of the authority of the server's certificate; absent where the system's authorities decide. */
  readonly authoritySha256?: string;
}

const DETAILS = `
The link is a secret that works once and for a few minutes. Whoever has it first gets the identity of the
Application: hand it over on a way that you trust. It goes to standard output, all else to standard error.

At its end, #ca-sha256=… names the authority of the server's certificate, so that the other side knows this
server without having seen it before; programs that know nothing of it leave it aside.

Examples:
  appconn token create shop
  appconn token create shop -o json | jq -r .expiresAt
  appconn token create shop -o link | ssh shop.example.com appconn connect - --out ./shop-identity`;

export function tokenCreateCommand(context: CommandContext): Command {
  const command = new Command("create")
    .description("Make a pairing link, by which an external system gets the identity of an Application.")
    .argument("<application>", "name of the Application")
    .option("--tenant <name>", "tenant of the Application, where the connector runs in central mode")
    .option("--group <name>", "group of the Application, where the connector runs in central mode")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(["json", "yaml", "link"]))
    .addHelpText("after", DETAILS)
    .action((application: string, options: TokenOptions) => create(context, application, options));
  return addServerOptions(command);
}

async function create(context: CommandContext, application: string, options: TokenOptions): Promise<void> {
  using server = openServer(context, options);
  const answer = await server.client.request({
    method: "POST",
    path: "/v1/applications/tokens",
    headers: {
      Application: application,
      ...(options.tenant === undefined ? {} : { Tenant: options.tenant }),
      ...(options.group === undefined ? {} : { Group: options.group }),
    },
  });
  const made = pairingToken(application, answer, server);
  const { stdout } = context.terminal;
  if (options.output === "json") stdout.write(`${JSON.stringify(made, undefined, 2)}\n`);
  else if (options.output === "yaml") stdout.write(stringify(made, { lineWidth: 0 }));
  else stdout.write(`${made.link}\n`);
  if (options.output === undefined) explain(context, made);
  await warnOfUnknown(context, application, server);
}

function pairingToken(application: string, { body, headers }: ApiAnswer, server: OpenServer): PairingToken {
  const [url, token] = [textAt(body, "url"), textAt(body, "token")];
  if (!url || !token) {
    throw new CommandError(
      `the server at ${server.connection.server} made no pairing link: is it an Application Connector ` +
        "with the component connector?",
    );
  }
  const expires = new Date(String(headers["token-expires"]));
  const hash = serverAuthorityHash(server.connection, headers);
  return {
    application,
    link: formatPairingLink(url, hash),
    url,
    token,
    ...(Number.isNaN(expires.getTime()) ? {} : { expiresAt: expires.toISOString() }),
    ...(hash === undefined ? {} : { authoritySha256: hash }),
  };
}

function explain({ terminal }: CommandContext, { application, expiresAt }: PairingToken): void {
  const emphasis = emphasisFor(terminal.stderr, terminal.environment);
  const until =
    expiresAt === undefined
      ? "for a few minutes"
      : `until ${dayAndTime(expiresAt)} (${roughly(Date.parse(expiresAt) - Date.now())})`;
  terminal.stderr.write(
    [
      "",
      emphasis("bold", `The link works once, ${until}. On the external system's machine:`),
      `  appconn connect '<link>' --out ./${application}-identity`,
      "",
    ].join("\n"),
  );
}

/** Pairing may come before the Application (connector spec §5), but a mistyped name would be of no use. */
async function warnOfUnknown(
  { terminal }: CommandContext,
  application: string,
  { client }: OpenServer,
): Promise<void> {
  const path = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";
  try {
    await client.request({ path: `${path}/${encodeURIComponent(application)}` });
  } catch (error) {
    // The link is there: that this could not be asked is no reason to fail.
    if (!(error instanceof StatusError) || error.code !== 404) return;
    terminal.stderr.write(
      `warning: there is no Application "${application}" yet: until it is applied, its identity reaches nothing\n`,
    );
  }
}
