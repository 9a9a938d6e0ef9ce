import { isPlainObject, type PlainObject } from "../plain-object.ts";
import { fieldPath, itemPath } from "./field-path.ts";
import type { Kind } from "./kind.ts";
import { droppedMetadata, objectSchema } from "./object-schema.ts";
import { propertySchema, type StructuralSchema } from "./structural-schema.ts";

export interface Pruned {
  /** A copy without the fields that the kind does not declare. */
  readonly value: unknown;
  /** Their paths, such as `spec.services[0].entries[0].zzz`, for a warning or a refusal (spec §8.5). */
  readonly unknown: readonly string[];
}

/**
 * Removes what the kind's schema does not declare. Values of the wrong type are left for validation, which
 * names them.
 */
export function pruneUnknown(kind: Pick<Kind, "schema">, value: unknown): Pruned {
  const unknown: string[] = [];
  return { value: prune(objectSchema(kind), value, "", unknown), unknown };
}

/** Paths of what a value has that its schema, which stands at `path` of an object, does not declare. */
export function unknownIn(schema: StructuralSchema, value: unknown, path: string): string[] {
  const unknown: string[] = [];
  prune(schema, value, path, unknown);
  return unknown;
}

function prune(schema: StructuralSchema, value: unknown, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item, index) => prune(items, item, itemPath(path, index), unknown)) : value;
  }
  return isPlainObject(value) && schema.type === "object" ? pruneObject(schema, value, path, unknown) : value;
}

function pruneObject(
  schema: StructuralSchema,
  value: PlainObject,
  path: string,
  unknown: string[],
): PlainObject {
  const kept: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const declared = propertySchema(schema, key);
    const at = fieldPath(path, key);
    if (declared) kept.push([key, prune(declared, inner, at, unknown)]);
    else if (path !== "metadata" || !droppedMetadata.has(key)) unknown.push(at);
  }
  return Object.fromEntries(kept);
}
