import { Command, Option } from "commander";
import type { CommandContext } from "./command-context.ts";
import { applyManifest, type Applied, type Applying } from "./apply-manifest.ts";
import { CommandError } from "./command-error.ts";
import { readManifests } from "./manifests/read-manifests.ts";
import { printObject, withoutManagedFields } from "./output/print-object.ts";
import { openServer } from "./server/open-server.ts";
import { printedName } from "./server/resource-type.ts";
import { Unreachable } from "./server/unreachable.ts";
import { addServerOptions, type ConnectionOptions } from "./server/server-options.ts";

interface ApplyOptions extends ConnectionOptions {
  readonly filename: readonly string[];
  readonly recursive?: boolean;
  readonly namespace?: string;
  readonly dryRun?: "server";
  readonly output?: "json" | "yaml" | "name";
}

const DETAILS = `
What was applied is remembered on the object in kubectl's own annotation, so that appconn and kubectl may
be used in turn; fields that others wrote stay. Of a Secret only the names of its values are remembered.
All files are read before anything is changed.

Examples:
  appconn apply -f examples/orders/
  appconn apply -f application.yaml -f secret.yaml
  generate-manifests | appconn apply -f -
  appconn apply -f orders.yaml --dry-run=server`;

export function applyCommand(context: CommandContext): Command {
  const command = new Command("apply")
    .description("Create what is not there, and bring what is there to what the files say.")
    .requiredOption(
      "-f, --filename <path>",
      "file, folder, or - for standard input; may be repeated",
      (path: string, paths: readonly string[] | undefined) => [...(paths ?? []), path],
    )
    .option("-R, --recursive", "read folders within folders too")
    .option("-n, --namespace <name>", "namespace of objects that name none")
    .addOption(new Option("--dry-run <where>", "check, but change nothing").choices(["server"]))
    .addOption(
      new Option("-o, --output <format>", "print the objects instead").choices(["json", "yaml", "name"]),
    )
    .addHelpText("after", DETAILS)
    .action((options: ApplyOptions) => apply(context, options));
  return addServerOptions(command);
}

async function apply(context: CommandContext, options: ApplyOptions): Promise<void> {
  const { stdin, stdout, stderr } = context.terminal;
  const manifests = await readManifests(options.filename, { stdin, recursive: options.recursive === true });
  using server = openServer(context, options);
  const applying: Applying = {
    server,
    dryRun: options.dryRun === "server",
    warn: (text) => stderr.write(`Warning: ${text}\n`),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  };
  const failures: string[] = [];
  for (const manifest of manifests) {
    try {
      const applied = await applyManifest(manifest, applying);
      stdout.write(shown(applied, options));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failures.push(error.message);
      if (error instanceof Unreachable) break;
    }
  }
  if (failures.length > 0) throw new CommandError(failures.join("\n"));
}

function shown({ type, name, verb, object }: Applied, { output, dryRun }: ApplyOptions): string {
  const printed = printedName(type, name);
  if (output === "name") return `${printed}\n`;
  if (output)
    return `${output === "yaml" ? "---\n" : ""}${printObject(withoutManagedFields(object), output)}`;
  return `${printed} ${verb}${dryRun ? " (server dry run)" : ""}\n`;
}
