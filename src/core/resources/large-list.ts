import { isPlainObject, type PlainObject } from "../plain-object.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";

type WithLargeList = Pick<Kind, "largeList">;

/** The list of the kind's `largeList`, where the object has it. */
export function largeListOf(
  { largeList = [] }: WithLargeList,
  value: Resource,
): readonly unknown[] | undefined {
  let found: unknown = value;
  for (const key of largeList) {
    found = isPlainObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return Array.isArray(found) ? found : undefined;
}

/** The object with these items in the list that `largeListOf` finds. */
export function withLargeList<T extends Resource>(
  { largeList = [] }: WithLargeList,
  value: T,
  items: readonly unknown[],
): T {
  return replaced(value as unknown as PlainObject, largeList, items) as unknown as T;
}

function replaced(
  value: PlainObject,
  [key = "", ...path]: readonly string[],
  items: readonly unknown[],
): PlainObject {
  const inner = path.length === 0 ? items : replaced(value[key] as PlainObject, path, items);
  // In place, so that the order of keys stays.
  return { ...value, [key]: inner };
}
