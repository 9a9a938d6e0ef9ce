import type { GetOptions, GetRequest } from "./get-request.ts";
import type { PlainObject } from "../core/plain-object.ts";
import { objectsAt, textAt } from "./json-fields.ts";
import { listPages } from "./list-pages.ts";
import { printObject, withoutManagedFields } from "./output/print-object.ts";
import type { Target } from "./resources.ts";
import { printedName, type ResourceType } from "./server/resource-type.ts";
import { StatusError } from "./server/status-error.ts";
import { watchChanges } from "./watch-changes.ts";

interface Found {
  readonly type: ResourceType;
  readonly object: unknown;
}

/** Prints the objects themselves; returns what went wrong for some of them. */
export async function getObjects(request: GetRequest): Promise<readonly string[]> {
  const failures: string[] = [];
  const found: Found[] = [];
  let version = "";
  for (const target of request.targets) {
    try {
      for await (const page of listPages(request.server.client, target)) {
        found.push(...objectsOf(target, page).map((object) => ({ type: target.type, object })));
        version = textAt(page, "metadata", "resourceVersion") ?? version;
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      failures.push(error.message);
    }
  }
  const [first] = request.targets;
  if (request.options.watch && first) await watch(request, found, { target: first, version });
  // An empty list would say that nothing is there.
  else if (found.length > 0 || failures.length === 0) print(request, found);
  return failures;
}

function print({ terminal, targets, options, format }: GetRequest, found: readonly Found[]): void {
  if (format === "name") {
    for (const { type, object } of found) terminal.stdout.write(`${nameOf(type, object)}\n`);
    return;
  }
  const single = targets.length === 1 && targets[0]?.name !== undefined;
  const objects = found.map(({ object }) => shownObject(object, options));
  const shown = single ? objects[0] : listOf(objects);
  terminal.stdout.write(printObject(shown, format === "yaml" ? "yaml" : "json"));
}

/** One document for each object as it changes: JSON on a line of its own, for what reads lines. */
async function watch(
  { terminal, server, options, format }: GetRequest,
  found: readonly Found[],
  watching: { readonly target: Target; readonly version: string },
): Promise<void> {
  const { type } = watching.target;
  const show = (object: unknown): void => {
    const shown = shownObject(object, options);
    if (format === "name") terminal.stdout.write(`${nameOf(type, object)}\n`);
    else if (format === "yaml") terminal.stdout.write(`---\n${printObject(shown, "yaml")}`);
    else terminal.stdout.write(`${JSON.stringify(shown)}\n`);
  };
  for (const { object } of found) show(object);
  for await (const { object } of watchChanges(server.client, watching)) show(object);
}

/** Items of a core list carry no kind of their own. */
function objectsOf({ type, name }: Target, body: unknown): readonly unknown[] {
  if (name !== undefined) return [body];
  const apiVersion = type.group === "" ? type.version : `${type.group}/${type.version}`;
  return objectsAt(body, "items").map((item) => ({ apiVersion, kind: type.kind, ...item }));
}

function shownObject(object: unknown, { showManagedFields }: GetOptions): unknown {
  return showManagedFields === true ? object : withoutManagedFields(object);
}

function listOf(items: readonly unknown[]): PlainObject {
  return { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
}

function nameOf(type: ResourceType, object: unknown): string {
  return printedName(type, textAt(object, "metadata", "name") ?? "");
}
