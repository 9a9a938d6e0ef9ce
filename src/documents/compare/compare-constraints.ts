import { plainText } from "../check/short-text.ts";
import type { Severity } from "./comparison.ts";
import type { Direction } from "./schema-shape.ts";

/** Pairs of formats of which the second holds every value of the first. */
const WIDER = new Map([
  ["int32", "int64"],
  ["float", "double"],
]);

/**
 * What the change of a keyword such as `maxLength` means; undefined on a side: the keyword is not there.
 * Callers break where they may send less, or are sent what was ruled out by its format. That answers are
 * longer than they used to be is no reason to alarm anybody.
 */
export function constraintSeverity(
  keyword: string,
  [before, after]: readonly [unknown, unknown],
  direction: Direction,
): Severity {
  const narrowed = isNarrower(keyword, before, after);
  if (direction === "input") return narrowed ? "breaking" : "compatible";
  const widened = isNarrower(keyword, after, before);
  return keyword === "format" && widened ? "breaking" : "compatible";
}

/** Whether `after` allows less than `before`, or something else. */
function isNarrower(keyword: string, before: unknown, after: unknown): boolean {
  if (after === undefined || after === false) return false;
  if (before === undefined || before === false) return !isFree(keyword, after);
  if (typeof before === "number" && typeof after === "number" && keyword !== "multipleOf") {
    return /^(?:max|exclusiveMax)/.test(keyword) ? after < before : after > before;
  }
  return !(keyword === "format" && WIDER.get(plainText(before)) === after);
}

/** A length of at least nothing says nothing. */
function isFree(keyword: string, value: unknown): boolean {
  return value === 0 && ["minLength", "minItems", "minProperties"].includes(keyword);
}
