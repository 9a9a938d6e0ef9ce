import { isPlainObject } from "../plain-object.ts";
import { fieldPath, itemPath } from "./field-path.ts";
import { readPointer } from "./json-pointer.ts";
import type { Kind } from "./kind.ts";
import { droppedMetadata, objectSchema } from "./object-schema.ts";
import { unknownIn } from "./prune.ts";
import { propertySchema, type StructuralSchema } from "./structural-schema.ts";

/** Paths of what the operations of a JSON patch would put into fields that the kind does not declare. */
export function patchStrayFields(kind: Pick<Kind, "schema">, patch: unknown): string[] {
  if (!Array.isArray(patch)) return [];
  return patch.filter(isPlainObject).flatMap((operation) => {
    const adds = ["add", "replace", "copy", "move"].includes(String(operation["op"]));
    const pointer = adds ? readPointer(operation["path"]) : undefined;
    return pointer ? strayAt(objectSchema(kind), pointer, operation["value"]) : [];
  });
}

function strayAt(root: StructuralSchema, pointer: readonly string[], value: unknown): string[] {
  let schema = root;
  let path = "";
  for (const token of pointer) {
    if (path === "metadata" && droppedMetadata.has(token)) return [];
    const inner = schema.type === "array" ? schema.items : propertySchema(schema, token);
    path = schema.type === "array" ? itemPath(path, token) : fieldPath(path, token);
    // Not below a text or a number: that is no stray field, but an operation that cannot be done.
    if (!inner) return schema.type === "object" ? [path] : [];
    schema = inner;
  }
  return unknownIn(schema, value, path);
}
