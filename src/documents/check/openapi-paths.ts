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
  return entriesOf(root, "paths").flatMap(([path, item]) =>
    isPlainObject(item) ? operationsOfItem(path, item) : [],
  );
}

function operationsOfItem(path: string, item: PlainObject): readonly FoundOperation[] {
  return Object.entries(item).flatMap(([method, operation]) => {
    if (!isMethod(method) || !isPlainObject(operation)) return [];
    const id = ownValue(operation, "operationId");
    return [{ path, method, id: typeof id === "string" ? id : undefined, item, operation }];
  });
}
