import { isPlainObject, ownValue, type PlainObject } from "../plain-object.ts";
import { fieldPath } from "./field-path.ts";
import { orderedMerge } from "./ordered-merge.ts";

export type StrategicResult =
  | { readonly kind: "patched"; readonly value: PlainObject }
  /** The patch contradicts itself; the text names the place and quotes no value. */
  | { readonly kind: "bad-patch"; readonly problem: string };

const ORDER = "$setElementOrder/";
const DELETE = "$deleteFromPrimitiveList/";

/** The lists that merge instead of being replaced, and the key of their items; the others are atomic. */
const mergedLists: Readonly<Record<string, "value" | "uid" | "port">> = {
  "metadata.finalizers": "value",
  "metadata.ownerReferences": "uid",
  "spec.ports": "port",
};

/**
 * Strategic merge for core kinds (admin-api spec §8.4): maps merge, lists replace, except the set
 * `metadata.finalizers` and the keyed lists `metadata.ownerReferences` and, of a Service, `spec.ports`; with
 * the directives `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`. Neither input
 * is changed.
 */
export function strategicPatch(target: PlainObject, patch: PlainObject): StrategicResult {
  try {
    return { kind: "patched", value: mergeMap(target, patch, "") };
  } catch (error) {
    if (error instanceof BadPatch) return { kind: "bad-patch", problem: error.message };
    throw error;
  }
}

/** Leaves the recursion; never leaves this file. */
class BadPatch extends Error {}

function mergeMap(target: PlainObject, patch: PlainObject, path: string): PlainObject {
  const { $patch: directive, $retainKeys: retained, ...changes } = patch;
  if (directive === "delete") return {};
  const merged = new Map(directive === "replace" ? [] : Object.entries(target));
  if (directive !== undefined && directive !== "replace") {
    throw new BadPatch(`unknown $patch directive at ${path || "the top"}`);
  }
  if (retained !== undefined) retainKeys(merged, changes, textsOf(retained, fieldPath(path, "$retainKeys")));
  for (const [key, value] of Object.entries(changes)) {
    if (key.startsWith("$")) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, mergeValue(merged.get(key), value, fieldPath(path, key)));
  }
  applyListDirectives(merged, { target, changes, path });
  return Object.fromEntries(merged);
}

function retainKeys(merged: Map<string, unknown>, changes: PlainObject, retained: readonly string[]): void {
  const stray = Object.entries(changes).some(
    ([key, value]) => !key.startsWith("$") && value !== null && !retained.includes(key),
  );
  if (stray) throw new BadPatch("$retainKeys must list every key that the patch sets");
  for (const key of merged.keys()) if (!retained.includes(key)) merged.delete(key);
}

function mergeValue(former: unknown, value: unknown, path: string): unknown {
  if (isPlainObject(value)) return mergeMap(isPlainObject(former) ? former : {}, value, path);
  const key = mergedLists[path];
  if (!Array.isArray(value) || key === undefined) return value;
  const list = Array.isArray(former) ? former : [];
  return key === "value" ? mergeSet(list, textsOf(value, path)) : mergeKeyed(list, value, { path, key });
}

function mergeSet(former: readonly unknown[], added: readonly string[]): string[] {
  const old = former.map(String);
  return orderedMerge({
    items: [...new Set([...old, ...added])],
    order: added,
    former: old,
    identify: (item) => item,
  });
}

/** A list whose items are told apart by one of their fields. */
interface KeyedList {
  readonly path: string;
  readonly key: string;
}

function mergeKeyed(former: readonly unknown[], patch: readonly unknown[], list: KeyedList): unknown[] {
  const identityOf = identityBy(list.key);
  const changes = patch.map((item) => keyedItem(item, list));
  const replaces = changes.some((item) => item["$patch"] === "replace");
  const merged = new Map(replaces ? [] : former.map((item) => [identityOf(item), item as PlainObject]));
  for (const item of changes) {
    const identity = identityOf(item);
    if (item["$patch"] === "delete") merged.delete(identity);
    // `{"$patch":"replace"}` alone marks the list and is no item itself.
    else if (ownValue(item, list.key) !== undefined) {
      const { $patch: _marker, ...fields } = item;
      merged.set(identity, mergeMap(merged.get(identity) ?? {}, fields, list.path));
    }
  }
  return orderedMerge({
    items: [...merged.values()],
    order: changes.map(identityOf),
    former: former.map(identityOf),
    identify: identityOf,
  });
}

function keyedItem(item: unknown, { path, key }: KeyedList): PlainObject {
  if (!isPlainObject(item)) throw new BadPatch(`the items of ${path} must be objects`);
  const identity = ownValue(item, key);
  const isKeyed = typeof identity === "string" || typeof identity === "number";
  if (!isKeyed && item["$patch"] !== "replace") throw new BadPatch(`an item of ${path} has no ${key}`);
  return item;
}

function identityBy(key: string | undefined): (item: unknown) => string {
  return (item) => (isPlainObject(item) && key !== undefined ? String(ownValue(item, key)) : String(item));
}

interface Directives {
  /** The map before the patch, whose lists give the former order. */
  readonly target: PlainObject;
  readonly changes: PlainObject;
  readonly path: string;
}

// Ordering comes before deletion: items about to go still say where the others stand.
function applyListDirectives(merged: Map<string, unknown>, { target, changes, path }: Directives): void {
  const directives = Object.entries(changes).filter(([key]) => key.startsWith("$"));
  for (const [directive, value] of directives) {
    const at = fieldPath(path, directive);
    if (directive.startsWith(ORDER)) {
      if (!Array.isArray(value)) throw new BadPatch(`${at} must be a list`);
      orderList(merged, directive.slice(ORDER.length), { order: value, target, changes, path });
    } else if (!directive.startsWith(DELETE)) throw new BadPatch(`unknown directive ${at}`);
  }
  for (const [directive, value] of directives) {
    if (!directive.startsWith(DELETE)) continue;
    const removed = textsOf(value, fieldPath(path, directive));
    const field = directive.slice(DELETE.length);
    const list = merged.get(field);
    if (Array.isArray(list))
      merged.set(
        field,
        list.filter((item) => !removed.includes(String(item))),
      );
  }
}

function orderList(
  merged: Map<string, unknown>,
  field: string,
  { order, target, changes, path }: Directives & { readonly order: readonly unknown[] },
): void {
  if (order.length === 0) return;
  const at = fieldPath(path, field);
  const identityOf = identityBy(mergedLists[at]);
  const identities = order.map(identityOf);
  checkOrder(ownValue(changes, field), { identities, identityOf, path: at });
  const former = ownValue(target, field);
  const list = merged.get(field);
  if (!Array.isArray(list)) return;
  const identitiesBefore = Array.isArray(former) ? former.map(identityOf) : [];
  merged.set(
    field,
    orderedMerge<unknown>({ items: list, order: identities, former: identitiesBefore, identify: identityOf }),
  );
}

interface GivenOrder {
  readonly identities: readonly string[];
  readonly identityOf: (item: unknown) => string;
  readonly path: string;
}

/** The items that the patch sets must stand in its $setElementOrder, in the same order. */
function checkOrder(list: unknown, { identities, identityOf, path }: GivenOrder): void {
  if (!Array.isArray(list)) return;
  const set = list.filter((item) => !isPlainObject(item) || item["$patch"] === undefined).map(identityOf);
  const places = set.map((identity) => identities.indexOf(identity));
  if (places.every((place, index) => place > (places[index - 1] ?? -1))) return;
  throw new BadPatch(`the order of ${path} does not match its $setElementOrder`);
}

function textsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new BadPatch(`${path} must be a list of texts`);
}
