import { isPlainObject, type PlainObject } from "../../plain-object.ts";
import { membersOf, shapeOf, type Shape } from "./members.ts";

/**
 * A stored object with the body of an apply laid over it: objects and maps member by member, lists replaced, the
 * set and the keyed list of the metadata merged in the body's order (admin-api spec §9). Neither is changed.
 */
export function overlay(stored: unknown, body: unknown, shape: Shape = "object"): unknown {
  switch (shape) {
    case "item":
      return body;
    case "set":
    case "keyed":
      // Null names the list itself, not that its items should go.
      if (!Array.isArray(stored)) return body;
      return Array.isArray(body) ? mergeItems(stored, body, shape) : stored;
    default:
      if (isPlainObject(body)) return overlayMembers(isPlainObject(stored) ? stored : {}, body, shape);
      // It names the object itself, not that its members should go; without any, it is a value like another.
      return body === null && isPlainObject(stored) && Object.keys(stored).length > 0 ? stored : body;
  }
}

function overlayMembers(
  stored: PlainObject,
  body: PlainObject,
  shape: "object" | "metadata" | "value",
): PlainObject {
  // A Map, because assigning to a key `__proto__` of an object would set its prototype.
  const merged = new Map(Object.entries(stored));
  for (const [key, value] of Object.entries(body)) {
    merged.set(key, overlay(merged.get(key), value, shapeOf(key, shape) ?? "item"));
  }
  return Object.fromEntries(merged);
}

/**
 * The body's items in its order, and between them, as far as that allows, the others where they stood: an item
 * of both lists is where the two orders meet.
 */
function mergeItems(stored: readonly unknown[], body: readonly unknown[], shape: "set" | "keyed"): unknown[] {
  const [former, named] = [stepsIn(stored, shape), stepsIn(body, shape)];
  const [isFormer, isNamed] = [new Set(former), new Set(named)];
  const shared = named.filter((step) => isFormer.has(step));
  const merged: unknown[] = [];
  let [left, right, met] = [0, 0, 0];
  while (left < former.length || right < named.length) {
    const [own, next] = [former[left], named[right]];
    if (own !== undefined && !isNamed.has(own)) merged.push(stored[left++]);
    else if (own !== undefined && own !== shared[met]) left++;
    else if (right < named.length) {
      merged.push(body[right++]);
      if (next !== shared[met]) continue;
      met++;
      if (own === next) left++;
    } else left++;
  }
  return merged;
}

function stepsIn(list: readonly unknown[], shape: "set" | "keyed"): string[] {
  return (membersOf(list, shape) ?? []).map(({ step }) => step);
}
