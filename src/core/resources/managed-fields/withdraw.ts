import { isPlainObject, type PlainObject } from "../../plain-object.ts";
import { nodeAt, type FieldSet } from "./fields.ts";
import { membersOf, shapeOf, type Shape } from "./members.ts";

export interface Withdrawal {
  /** What a manager applied before. */
  readonly former: FieldSet;
  /** What somebody holds now. */
  readonly held: FieldSet;
}

/**
 * An object without the fields that a manager applied before, and that nobody holds any more. An object in which
 * nothing is held goes with all that is in it (admin-api spec §9, step 4). Emptied objects stay.
 */
export function withdraw(value: unknown, withdrawal: Withdrawal, shape: Shape = "object"): unknown {
  if (!withdrawal.former) return value;
  if (Array.isArray(value)) return withdrawItems(value, withdrawal, shape);
  const isGranular = shape === "object" || shape === "metadata" || shape === "value";
  return isGranular && isPlainObject(value) ? withdrawMembers(value, withdrawal, shape) : value;
}

function withdrawItems(list: readonly unknown[], { former, held }: Withdrawal, shape: Shape): unknown[] {
  const members = membersOf(list, shape) ?? [];
  return list.filter((_item, index) => {
    const step = members[index]?.step ?? "";
    return nodeAt(former, step) === undefined || nodeAt(held, step) !== undefined;
  });
}

function withdrawMembers(
  value: PlainObject,
  { former, held }: Withdrawal,
  shape: "object" | "metadata" | "value",
): PlainObject {
  const kept: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const innerShape = shapeOf(key, shape);
    const step = `f:${key}`;
    const below = { former: innerShape && nodeAt(former, step), held: nodeAt(held, step) };
    if (!innerShape || !below.former) kept.push([key, inner]);
    // The metadata hold what names the object, which is nobody's.
    else if (below.held || innerShape === "metadata") kept.push([key, withdraw(inner, below, innerShape)]);
  }
  return Object.fromEntries(kept);
}
