import { isDeepStrictEqual } from "node:util";
import { isPlainObject, setOwn, type PlainObject } from "./plain-object.ts";

/**
 * `next` with all parts that equal those of `previous` replaced by the latter; `previous` itself where all is
 * equal. Whoever remembers something of a part (a compiled service) finds it again, and the part stands in
 * memory once. `next` must be a JSON value that nobody else holds: it is changed in place.
 */
export function shareStructure<T>(previous: unknown, next: T): T {
  if (Object.is(previous, next)) return next;
  if (Array.isArray(next)) return Array.isArray(previous) ? (shareItems(previous, next) as T) : next;
  return isPlainObject(next) && isPlainObject(previous) ? (shareMembers(previous, next) as T) : next;
}

function shareMembers(previous: PlainObject, next: PlainObject): PlainObject {
  const keys = Object.keys(next);
  const before = Object.keys(previous);
  let isSame = keys.length === before.length;
  for (const [index, key] of keys.entries()) {
    if (key !== before[index]) isSame = false;
    if (!Object.hasOwn(previous, key)) continue;
    const shared = shareStructure(previous[key], next[key]);
    if (shared !== next[key]) setOwn(next, key, shared);
    if (shared !== previous[key]) isSame = false;
  }
  return isSame ? previous : next;
}

function shareItems(previous: readonly unknown[], next: unknown[]): readonly unknown[] {
  const moved = previous.length - next.length;
  let isSame = moved === 0;
  for (const [index, item] of next.entries()) {
    const shared = shareStructure(previous[index], item);
    const isShared = shared === previous[index];
    // An item that was put in or left out has moved all behind it.
    const other = isShared || moved === 0 ? undefined : previous[index + moved];
    next[index] = other !== undefined && isDeepStrictEqual(other, shared) ? other : shared;
    isSame &&= isShared;
  }
  return isSame ? previous : next;
}
