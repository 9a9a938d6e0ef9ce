import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { entriesOf } from "./title-metadata.ts";

export interface FoundOperation {
  readonly path: string;
  readonly method: string;
  /** The operationId. */
  readonly id: string | undefined;
  readonly item: PlainObject;
  readonly operation: PlainObject;
}

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]);

/** The members of a path item that are operations (OpenAPI 3.2 adds `query`). */
export function isMethod(member: string): boolean {
  return METHODS.has(member);
}

/** The operations of an OpenAPI document in their order. */
export function operationsOf(root: PlainObject): readonly FoundOperation[] {
  const operations: FoundOperation[] = [];
  for (const [path, item] of entriesOf(root, "paths")) {
    if (!isPlainObject(item)) continue;
    for (const method of Object.keys(item)) {
      const operation = isMethod(method) ? item[method] : undefined;
      if (!isPlainObject(operation)) continue;
      const id = ownValue(operation, "operationId");
      operations.push({ path, method, id: typeof id === "string" ? id : undefined, item, operation });
    }
  }
  return operations;
}
