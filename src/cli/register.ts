import { Command, Option } from "commander";
import { isPlainObject, type PlainObject } from "../core/plain-object.ts";
import type { CommandContext } from "./command-context.ts";
import { textAt } from "./json-fields.ts";
import { printable } from "./output/printable.ts";
import { addExternalOptions, sessionOf, type ExternalOptions } from "./pairing/external-options.ts";
import { IdentityDirectory, type Identity } from "./pairing/identity-directory.ts";
import { urlNamed } from "./pairing/pairing-answers.ts";
import { refuseEnded } from "./pairing/refuse-ended.ts";
import { readDefinition } from "./registry/read-definition.ts";
import { registerService } from "./registry/register-service.ts";

interface RegisterOptions extends ExternalOptions {
  readonly id?: string;
  readonly spec?: string;
  readonly events?: string;
  readonly output?: "json" | "id";
}

const DETAILS = `
The file is YAML or JSON and says what the service is: provider, name, description, and an api, events, or
both; credentials in it are kept as a Secret and never shown again. A file with an identifier can be registered
again: it replaces the service with that identifier.

Examples:
  appconn register ./shop-identity service.yaml
  appconn register ./shop-identity service.yaml --spec openapi.yaml --events asyncapi.yaml
  appconn register ./shop-identity - < service.json`;

export function registerCommand(context: CommandContext): Command {
  const command = new Command("register")
    .description("Register an API, events and their documents, with the identity of the external system.")
    .argument("<dir>", "directory of the identity")
    .argument("<file>", "what the service is; - for standard input")
    .option("--id <id>", "replace the service with this id")
    .option("--spec <file>", "OpenAPI document of the API, in place of api.spec")
    .option("--events <file>", "AsyncAPI document of the events, in place of events.spec")
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
  const definition = await withDocuments(await readDefinition(file, stdin), options, context);
  const { pair, trust, connection } = await usableIdentity(path);
  const services = urlNamed(connection, "metadataUrl", `connection.json in ${path}`);
  const session = { ...sessionOf(context, options), trust, identity: pair };
  const { warnings, ...registered } = await registerService(
    { services, definition, id: options.id },
    session,
  );
  for (const warning of warnings) stderr.write(`warning: ${printable(warning)}\n`);
  if (options.output === "json") stdout.write(`${JSON.stringify({ ...registered, warnings })}\n`);
  else if (options.output === "id") stdout.write(`${registered.id}\n`);
  else {
    const name = printable(textAt(definition, "name") ?? "the service");
    stdout.write(`${registered.created ? "registered" : "replaced"} ${name}: id ${registered.id}\n`);
  }
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
