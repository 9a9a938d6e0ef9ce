import { Command, Option } from "commander";
import { isPlainObject, type PlainObject } from "../core/plain-object.ts";
import type { CommandContext } from "./command-context.ts";
import { usageError } from "./command-error.ts";
import { objectsAt, textAt, textsAt } from "./json-fields.ts";
import { emphasisFor } from "./output/emphasis.ts";
import { printable } from "./output/printable.ts";
import { TableRenderer } from "./output/render-table.ts";
import { addExternalOptions, sessionOf, type ExternalOptions } from "./pairing/external-options.ts";
import { IdentityDirectory, type Identity } from "./pairing/identity-directory.ts";
import { urlNamed } from "./pairing/pairing-answers.ts";
import { refuseEnded } from "./pairing/refuse-ended.ts";
import { readDefinition } from "./registry/read-definition.ts";
import { triedTables } from "./registry/document-table.ts";
import { registerService } from "./registry/register-service.ts";
import { tryService, type Tried } from "./registry/try-service.ts";

interface RegisterOptions extends ExternalOptions {
  readonly id?: string;
  readonly spec?: string;
  readonly events?: string;
  readonly dryRun?: boolean;
  readonly output?: "json" | "id";
}

const DETAILS = `
The file is YAML or JSON and says what the service is: provider, name, description, and an api, events, or
both; credentials in it are kept as a Secret and never shown again. A file with an identifier can be registered
again: it replaces the service with that identifier. A dry run fetches and checks everything, shows what is wrong with
the documents, and keeps nothing.

Examples:
  appconn register ./shop-identity service.yaml
  appconn register ./shop-identity service.yaml --spec openapi.yaml --events asyncapi.yaml
  appconn register ./shop-identity service.yaml --dry-run
  appconn register ./shop-identity - < service.json`;

export function registerCommand(context: CommandContext): Command {
  const command = new Command("register")
    .description("Register an API, events and their documents, with the identity of the external system.")
    .argument("<dir>", "directory of the identity")
    .argument("<file>", "what the service is; - for standard input")
    .option("--id <id>", "replace the service with this id")
    .option("--spec <file>", "OpenAPI document of the API, in place of api.spec")
    .option("--events <file>", "AsyncAPI document of the events, in place of events.spec")
    .option("--dry-run", "check everything and keep nothing")
    .addOption(new Option("-o, --output <format>", "form of the output").choices(["json", "id"]))
    .addHelpText("after", DETAILS)
    .action((path: string, file: string, options: RegisterOptions) =>
      register(context, [path, file], options),
    );
  return addExternalOptions(command);
}

async function register(
  context: CommandContext,
  [path, file]: readonly [path: string, file: string],
  options: RegisterOptions,
): Promise<void> {
  const { stdin, stdout, stderr } = context.terminal;
  if (options.dryRun === true && options.output === "id") {
    throw usageError("error: a dry run makes no service, and has no id; use -o json");
  }
  const definition = await withDocuments(await readDefinition(file, stdin), options, context);
  const { pair, trust, connection } = await usableIdentity(path);
  const services = urlNamed(connection, "metadataUrl", `connection.json in ${path}`);
  const session = { ...sessionOf(context, options), trust, identity: pair };
  const registration = { services, definition, id: options.id };
  if (options.dryRun === true) {
    return showTried(context, await tryService(registration, session), { definition, options });
  }
  const { warnings, ...registered } = await registerService(registration, session);
  for (const warning of warnings) stderr.write(`warning: ${printable(warning)}\n`);
  if (options.output === "json") stdout.write(`${JSON.stringify({ ...registered, warnings })}\n`);
  else if (options.output === "id") stdout.write(`${registered.id}\n`);
  else {
    const name = printable(textAt(definition, "name") ?? "the service");
    stdout.write(`${registered.created ? "registered" : "replaced"} ${name}: id ${registered.id}\n`);
  }
}

interface Shown {
  readonly definition: PlainObject;
  readonly options: RegisterOptions;
}

/** Ends with what the server would refuse, after all that it found. */
function showTried({ terminal }: CommandContext, tried: Tried, { definition, options }: Shown): void {
  const { stdout, stderr, environment } = terminal;
  const { id, found, expectAccepted } = tried;
  for (const warning of textsAt(found, "warnings")) stderr.write(`warning: ${printable(warning)}\n`);
  if (options.output === "json") stdout.write(`${JSON.stringify(found)}\n`);
  else {
    const emphasis = emphasisFor(stdout, environment);
    const style = { wide: false, namespaces: false, prefix: "", headers: true, emphasis };
    const tables = triedTables(objectsAt(found, "documents"));
    for (const table of tables) stdout.write(`${new TableRenderer(style).render(table)}\n`);
  }
  expectAccepted();
  if (options.output === "json") return;
  const name = printable(textAt(definition, "name") ?? "the service");
  stdout.write(`${name} would be ${id === undefined ? "registered" : `replaced: id ${printable(id)}`}\n`);
}

async function withDocuments(
  definition: PlainObject,
  { spec, events }: RegisterOptions,
  { terminal: { stdin } }: CommandContext,
): Promise<PlainObject> {
  const given = { ...definition };
  if (spec !== undefined) given["api"] = { ...part(given["api"]), spec: await readDefinition(spec, stdin) };
  if (events !== undefined) given["events"] = { spec: await readDefinition(events, stdin) };
  return given;
}

function part(value: unknown): PlainObject {
  return isPlainObject(value) ? value : {};
}

async function usableIdentity(path: string): Promise<Identity> {
  const identity = await new IdentityDirectory(path).read();
  refuseEnded(identity, path, Date.now());
  return identity;
}
