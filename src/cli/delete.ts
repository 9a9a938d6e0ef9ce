import { Command, Option } from "commander";
import type { CommandContext } from "./command-context.ts";
import { CommandError, usageError } from "./command-error.ts";
import { deleteTarget, type Deleting } from "./delete-target.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { listPages } from "./list-pages.ts";
import { readManifests } from "./manifests/read-manifests.ts";
import { readResourceWords } from "./resource-words.ts";
import { targetsOf, type Scope, type Target } from "./resources.ts";
import { openServer, type OpenServer } from "./server/open-server.ts";
import { pathOf } from "./server/resource-type.ts";
import { addServerOptions, readDuration, type ConnectionOptions } from "./server/server-options.ts";

interface DeleteOptions extends ConnectionOptions, Scope {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
  readonly all?: boolean;
  readonly wait: "true" | "false";
  readonly timeout: number;
  readonly ignoreNotFound?: boolean;
  readonly cascade: "background" | "foreground" | "orphan";
}

const DETAILS = `
An object with finalizers goes when the last of them does; until then this command waits.

Examples:
  appconn delete application orders
  appconn delete app/orders secret/orders-oauth -n kyma-system
  appconn delete -f examples/orders/
  appconn delete app -l team=shop
  appconn delete app orders --wait=false`;

export function deleteCommand(context: CommandContext): Command {
  const command = new Command("delete")
    .description("Delete resources: by name, by label, or those that files name.")
    .argument("[type[/name]...]", "a type and names, or type/name pairs")
    .option(
      "-f, --filename <path>",
      "file, folder, or - for standard input; may be repeated",
      (path: string, paths: readonly string[] | undefined) => [...(paths ?? []), path],
    )
    .option("-R, --recursive", "read folders within folders too")
    .option("-n, --namespace <name>", "namespace to look in")
    .option("-A, --all-namespaces", "look in all namespaces")
    .option("-l, --selector <labels>", "all objects with these labels")
    .option("--field-selector <fields>", "all objects with these fields")
    .option("--all", "all objects of the type")
    .option("--ignore-not-found", "what is not there is no failure")
    .addOption(
      new Option("--wait <wanted>", "wait until the objects are gone")
        .choices(["true", "false"])
        .default("true"),
    )
    .addOption(
      new Option("--timeout <duration>", "how long to wait; 0: as long as it takes")
        .argParser(readDuration)
        .default(0, "0"),
    )
    .addOption(
      new Option("--cascade <how>", "what happens to objects that these own")
        .choices(["background", "foreground", "orphan"])
        .default("background"),
    )
    .addHelpText("after", DETAILS)
    .action((words: readonly string[], options: DeleteOptions) => remove(context, words, options));
  return addServerOptions(command);
}

async function remove(
  context: CommandContext,
  words: readonly string[],
  options: DeleteOptions,
): Promise<void> {
  if (words.length > 0 === (options.filename !== undefined)) {
    throw usageError("error: say what to delete: either a type with names or a selector, or -f");
  }
  using server = openServer(context, options);
  const targets = options.filename
    ? await targetsOfFiles(context, server, options)
    : await targetsOfWords(words, server, options);
  const deleting: Deleting = {
    ...options,
    wait: options.wait === "true",
    client: server.client,
    terminal: context.terminal,
  };
  const failures: string[] = [];
  for (const target of targets) {
    try {
      await deleteTarget(target, deleting);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new CommandError(failures.join("\n"));
  if (targets.length === 0) context.terminal.stderr.write("No resources found\n");
}

async function targetsOfFiles(
  { terminal }: CommandContext,
  server: OpenServer,
  options: DeleteOptions,
): Promise<readonly Target[]> {
  const { filename = [], recursive = false } = options;
  const manifests = await readManifests(filename, { stdin: terminal.stdin, recursive });
  const targets: Target[] = [];
  // The other way round than apply made them: what stands later may need what stands before it.
  for (const { apiVersion, kind, name, namespace, source } of manifests.toReversed()) {
    const type = await server.discovery.typeOf(apiVersion, kind);
    if (!type) {
      throw new CommandError(`error: ${source}: the server has no kind "${kind}" in version "${apiVersion}"`);
    }
    const place = namespace || options.namespace || server.connection.namespace;
    targets.push({ type, name, path: pathOf(type, place, name), query: {} });
  }
  return targets;
}

async function targetsOfWords(
  words: readonly string[],
  server: OpenServer,
  options: DeleteOptions,
): Promise<readonly Target[]> {
  const asked = await targetsOf(readResourceWords(words), server, options);
  const selected =
    options.all === true || options.selector !== undefined || options.fieldSelector !== undefined;
  if (asked.some(({ name }) => (name === undefined) !== selected)) {
    throw usageError("error: resources are deleted by their names, or else by a selector or --all");
  }
  const targets: Target[] = [];
  for (const target of asked) targets.push(...(selected ? await found(server, target) : [target]));
  return targets;
}

/** The objects of a collection one by one, so that each is named as it goes. */
async function found(server: OpenServer, target: Target): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for await (const page of listPages(server.client, target)) {
    for (const item of objectsAt(page, "items")) {
      const name = textAt(item, "metadata", "name") ?? "";
      const path = pathOf(target.type, textAt(item, "metadata", "namespace"), name);
      targets.push({ type: target.type, name, path, query: {} });
    }
  }
  return targets;
}
