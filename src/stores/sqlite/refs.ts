import type { Kind } from "../../core/resources/kind.ts";
import type { Ref, Resource } from "../../core/resources/resource.ts";
import { isPlainObject } from "../../core/plain-object.ts";
import type { RowKey } from "./row-key.ts";

/** Name and namespace of what a client sent, before it is known to be readable. */
export function refOfSent(kind: Kind, sent: unknown): Ref {
  const metadata = isPlainObject(sent) && isPlainObject(sent["metadata"]) ? sent["metadata"] : {};
  const { name, namespace } = metadata;
  const ref = { name: typeof name === "string" ? name : "" };
  return kind.scope === "Namespaced" && typeof namespace === "string" ? { ...ref, namespace } : ref;
}

export function refOfRow({ name, namespace }: RowKey): Ref {
  return namespace === "" ? { name } : { name, namespace };
}

export function refOfObject({ metadata: { name, namespace } }: Resource): Ref {
  return namespace === undefined ? { name } : { name, namespace };
}

type Place = Pick<RowKey, "namespace" | "name">;

/** In the order of lists: by namespace, then name, byte by byte as SQLite compares; all names are ASCII. */
export function isAfter(key: Place, other: Place): boolean {
  return key.namespace === other.namespace ? key.name > other.name : key.namespace > other.namespace;
}
