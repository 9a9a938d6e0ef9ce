import fc from "fast-check";
import { isPlainObject } from "../../../../src/core/plain-object.ts";

type Container = Record<string, unknown>;

/** Every object and list in it. */
function containersIn(value: unknown): readonly Container[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Container, ...Object.values(value).flatMap(containersIn)];
}

/** Values that are of a wrong type, or too few, or too many. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  "",
  "x",
  "^(",
  "a b",
  "#/a",
  {},
  [],
  [{}],
  ["a", "a"],
];
const ODD_KEYS = [
  "$ref",
  "x-y",
  "/p",
  "default",
  "200",
  "type",
  "in",
  "content",
  "schema",
  "style",
  "__proto__",
  "?",
];

export interface Change {
  readonly place: number;
  readonly member: number;
  readonly kind: "remove" | "replace" | "add" | "move";
  readonly other: number;
}

const anyChange: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  member: fc.nat(),
  kind: fc.constantFrom("remove", "replace", "add", "move"),
  other: fc.nat(),
});

function pick<Item>(list: readonly Item[], place: number): Item | undefined {
  return list[place % Math.max(1, list.length)];
}

/** A few of them, one after the other. */
export const anyChanges: fc.Arbitrary<readonly Change[]> = fc.array(anyChange, {
  minLength: 1,
  maxLength: 3,
});

/** A copy with these changes: members that are gone, of another type, or of another place. */
export function changed(document: object, changes: readonly Change[]): object {
  const copy = structuredClone(document);
  for (const change of changes) apply(copy, change);
  return copy;
}

function apply(document: object, { place, member, kind, other }: Change): void {
  const containers = containersIn(document);
  const container = pick(containers, place) ?? {};
  const old = pick(Object.keys(container), member) ?? "0";
  if (kind === "remove") {
    // A list with a hole in it would be no JSON.
    if (Array.isArray(container)) container.splice(Number(old), 1);
    else Reflect.deleteProperty(container, old);
    return;
  }
  const keys = [...ODD_KEYS, ...containers.filter(isPlainObject).flatMap(Object.keys)];
  const added = Array.isArray(container) ? String(container.length) : (pick(keys, member) ?? "x");
  const known = kind === "move" ? containers.flatMap((one) => Object.values(one)) : [];
  const value = structuredClone(pick([...ODD, ...known], other));
  // An assignment to `__proto__` would be another thing.
  const all = { enumerable: true, configurable: true, writable: true };
  Object.defineProperty(container, kind === "add" ? added : old, { ...all, value });
}
