import type { ChangeList } from "./change-list.ts";
import type { SchemaPlace } from "./compare-schemas.ts";
import { isPlainObject, ownValue } from "../../core/plain-object.ts";
import { canonical } from "./resolved.ts";
import type { Direction, SchemaShape } from "./schema-shape.ts";

interface AlternativesComparison {
  readonly direction: Direction;
  readonly changes: ChangeList;
  readonly place: SchemaPlace;
  readonly compare: (before: unknown, after: unknown, place: SchemaPlace) => void;
}

/** Choices (`oneOf`, `anyOf`) pair by what they refer to, or else by their order. */
export function compareAlternatives(
  [before, after]: readonly [SchemaShape, SchemaShape],
  comparison: AlternativesComparison,
): void {
  if (!before.alternatives && !after.alternatives) return;
  const from = keyed(before);
  const to = keyed(after);
  for (const [key, alternative] of from) {
    const next = to.get(key);
    if (next === undefined) continue;
    comparison.compare(alternative, next, comparison.place);
    from.delete(key);
    to.delete(key);
  }
  const [gone, come] = [[...from.values()], [...to.values()]];
  const both = before.alternatives !== undefined && after.alternatives !== undefined;
  if (both && gone.length === come.length) {
    gone.forEach((alternative, index) => comparison.compare(alternative, come[index], comparison.place));
  } else if (both || matched(from, before) || matched(to, after)) {
    report(gone.length, come.length, comparison);
  } else {
    // A choice where anything was allowed takes something away, however many there are to choose from.
    report(after.alternatives ? 1 : 0, before.alternatives ? 1 : 0, comparison);
  }
}

/** Whether something of a shape was found again in the other. */
function matched(left: ReadonlyMap<string, unknown>, { alternatives, reference }: SchemaShape): boolean {
  const all = alternatives?.length ?? (reference === undefined ? 0 : 1);
  return left.size < all;
}

/** A schema without a choice is a choice of one: itself, as far as it has a name. */
function keyed({ alternatives, reference }: SchemaShape): Map<string, unknown> {
  if (alternatives) return new Map(alternatives.map((alternative) => [keyOf(alternative), alternative]));
  return reference === undefined ? new Map() : new Map([[reference, { $ref: reference }]]);
}

function keyOf(alternative: unknown): string {
  const reference = isPlainObject(alternative) ? ownValue(alternative, "$ref") : undefined;
  return typeof reference === "string" ? reference : canonical(alternative);
}

function report(gone: number, come: number, { direction, changes, place }: AlternativesComparison): void {
  const { path, of } = place;
  if (gone > 0) {
    const severity = direction === "input" ? "breaking" : "compatible";
    const message = `${of} has fewer alternatives than before.`;
    changes.add(severity, { kind: "alternative-removed", path, message });
  }
  if (come > 0) {
    const severity = direction === "output" ? "breaking" : "compatible";
    changes.add(severity, {
      kind: "alternative-added",
      path,
      message: `${of} has more alternatives than before.`,
    });
  }
}
