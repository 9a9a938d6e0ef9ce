import type { CommandContext } from "./command-context.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { listPages } from "./list-pages.ts";
import { targetsOf, type Scope } from "./resources.ts";
import { openServer, type OpenServer } from "./server/open-server.ts";
import type { ConnectionOptions } from "./server/server-options.ts";

/** Milliseconds: whoever presses the key waits for this. */
const PATIENCE = 1000;

/** Where no server answers, these are the kinds that one would have. */
const USUAL_TYPES = [
  "applications",
  "applicationmappings",
  "tokenrequests",
  "subscriptions",
  "secrets",
  "configmaps",
  "namespaces",
  "services",
  "events",
];

export async function typesForCompletion(
  context: CommandContext,
  options: ConnectionOptions,
): Promise<readonly string[]> {
  const types = await asking(context, options, async ({ discovery }) =>
    (await discovery.all())
      .filter(({ verbs }) => verbs.includes("list"))
      .flatMap(({ plural, shortNames }) => [plural, ...shortNames]),
  );
  return types ?? USUAL_TYPES;
}

export async function namesForCompletion(
  context: CommandContext,
  options: ConnectionOptions & Scope,
  type: string,
): Promise<readonly string[]> {
  const names = await asking(context, options, async (server) => {
    const found: string[] = [];
    for (const target of await targetsOf([{ type }], server, options)) {
      const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";
      for await (const page of listPages(server.client, target, accept)) {
        found.push(...objectsAt(page, "items").map((item) => textAt(item, "metadata", "name") ?? ""));
      }
    }
    return found;
  });
  return names ?? [];
}

/** Undefined where the server does not answer, for whatever reason: a shell has no place for messages. */
async function asking<Result>(
  context: CommandContext,
  options: ConnectionOptions,
  ask: (server: OpenServer) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    using server = openServer(context, { ...options, requestTimeout: PATIENCE });
    return await ask(server);
  } catch {
    return undefined;
  }
}
