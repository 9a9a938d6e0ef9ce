import { setTimeout as delay } from "node:timers/promises";
import { textAt, valueAt } from "./json-fields.ts";
import type { Target } from "./resources.ts";
import type { ApiClient } from "./server/api-client.ts";
import { StatusError } from "./server/status-error.ts";

export interface Watching {
  readonly target: Target;
  /** Of what was shown: changes after it follow. */
  readonly version: string;
  readonly accept?: string;
}

/** Milliseconds before a watch is opened again, so that a server which ends each at once is not flooded. */
const PAUSE = 200;

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: unknown;
}

/**
 * Changes to what a target names, without end. A server closes a watch after a while: then it is opened
 * again where it was. Rejects when the server refuses or has forgotten where that was.
 */
export async function* watchChanges(client: ApiClient, watching: Watching): AsyncIterable<WatchEvent> {
  const { target, accept } = watching;
  // The version of one object may be older than all changes that a server remembers, unlike that of a list.
  // From 0 the object itself comes once more.
  let version = target.name === undefined ? watching.version : "0";
  for (; ; await delay(PAUSE)) {
    const query = {
      ...target.query,
      ...(target.name === undefined ? {} : { fieldSelector: `metadata.name=${target.name}` }),
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: version,
    };
    const path = target.name === undefined ? target.path : target.path.replace(/\/[^/]*$/, "");
    for await (const event of client.stream({ path, query, ...(accept === undefined ? {} : { accept }) })) {
      const object = valueAt(event, "object");
      const type = textAt(event, "type");
      if (type === "ERROR") throw new StatusError(Number(valueAt(object, "code") ?? 500), object);
      version = versionOf(object) ?? version;
      if (target.name !== undefined && version === watching.version) continue;
      if (type === "ADDED" || type === "MODIFIED" || type === "DELETED") yield { type, object };
    }
  }
}

/** Of an object, or of the row of a table. */
function versionOf(object: unknown): string | undefined {
  const rows = valueAt(object, "rows");
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  return (
    textAt(row, "object", "metadata", "resourceVersion") ?? textAt(object, "metadata", "resourceVersion")
  );
}
