import { isDeepStrictEqual } from "node:util";
import { fieldNode, LEAF, type Fields, type FieldSet } from "./fields.ts";
import { fieldsOf } from "./fields-of.ts";
import { membersOf, type Member, type Shape } from "./members.ts";

export interface FieldChanges {
  /** Added, or another value than before. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

const NONE: FieldChanges = { changed: undefined, removed: undefined };
const CHANGED: FieldChanges = { changed: LEAF, removed: undefined };

/** What a write does to the fields of an object. */
export function compareFields(before: unknown, after: unknown): FieldChanges {
  return compare(before, after, "object");
}

function compare(before: unknown, after: unknown, shape: Shape): FieldChanges {
  if (before === after) return NONE;
  if (before === undefined) return { changed: fieldsOf(after, shape), removed: undefined };
  if (after === undefined) return { changed: undefined, removed: fieldsOf(before, shape) };
  const [former, next] = [granular(before, shape), granular(after, shape)];
  // Between null and empty there is a difference, which no member shows.
  const hasMembers = former && next && (former.length > 0 || next.length > 0);
  if (hasMembers) return compareMembers(former, next);
  // What else they hold has no owner.
  if (shape === "object" || shape === "metadata") return NONE;
  return isDeepStrictEqual(before, after) ? NONE : CHANGED;
}

/** Where the other value is granular, null has no members. */
function granular(value: unknown, shape: Shape): readonly Member[] | undefined {
  return value === null && shape !== "item" ? [] : membersOf(value, shape);
}

function compareMembers(former: readonly Member[], next: readonly Member[]): FieldChanges {
  const before = new Map(former.map((member) => [member.step, member]));
  const changed: [string, Fields][] = [];
  const removed: [string, Fields][] = [];
  const note = (step: string, changes: FieldChanges) => {
    if (changes.changed) changed.push([step, changes.changed]);
    if (changes.removed) removed.push([step, changes.removed]);
  };
  const after = new Map(next.map((member) => [member.step, member]));
  const isRepeated = before.size < former.length || after.size < next.length;
  for (const { step, value, shape } of after.values()) {
    const isAsOften = !isRepeated || timesOf(former, step) === timesOf(next, step);
    note(step, isAsOften || !before.has(step) ? compare(before.get(step)?.value, value, shape) : CHANGED);
  }
  for (const { step, value, shape } of before.values()) {
    if (!after.has(step)) note(step, compare(value, undefined, shape));
  }
  return { changed: fieldNode(false, changed), removed: fieldNode(false, removed) };
}

/** An item may stand in a set more than once. */
function timesOf(members: readonly Member[], step: string): number {
  return members.reduce((times, member) => times + (member.step === step ? 1 : 0), 0);
}
