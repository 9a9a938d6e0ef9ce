import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { plainText } from "../check/short-text.ts";
import type { Severity } from "./comparison.ts";
import { canonical } from "./resolved.ts";
import type { Direction } from "./schema-shape.ts";

/** Pairs of formats of which the second holds every value of the first. */
const WIDER = new Map([
  ["int32", "int64"],
  ["float", "double"],
]);

/**
 * What the change of a keyword such as `maxLength` means; undefined on a side: the keyword is not there.
 * Callers break where they may send less, and where they are sent what was ruled out: a longer text may not
 * fit where they keep it.
 */
export function constraintSeverity(
  keyword: string,
  [before, after]: readonly [unknown, unknown],
  direction: Direction,
): Severity {
  // Whoever sends the value is not touched by what is taken in its place, and answers have theirs anyway.
  if (keyword === "default") return "compatible";
  if (keyword === "discriminator") return discriminatorSeverity(before, after);
  // The same values under other names.
  if (keyword === "xml") return "breaking";
  const [from, to] = direction === "input" ? [before, after] : [after, before];
  return isNarrower(keyword, from, to) ? "breaking" : "compatible";
}

/** Whether the second allows less than the first, or something else. */
export function isNarrower(keyword: string, before: unknown, after: unknown): boolean {
  if (after === undefined || after === false) return false;
  if (before === undefined || before === false) return !isFree(keyword, after);
  if (typeof before === "number" && typeof after === "number") {
    // Every multiple of 10 is one of 5.
    if (keyword === "multipleOf") return after === 0 || before % after !== 0;
    return /^(?:max|exclusiveMax)/.test(keyword) ? after < before : after > before;
  }
  if (keyword === "format") return WIDER.get(plainText(before)) !== after;
  return canonical(before) !== canonical(after);
}

/** A length of at least nothing says nothing. */
function isFree(keyword: string, value: unknown): boolean {
  return value === 0 && ["minLength", "minItems", "minProperties"].includes(keyword);
}

/** The property that tells alternatives apart is a part of what is sent; only more of its values do no harm. */
function discriminatorSeverity(before: unknown, after: unknown): Severity {
  // Where there was none, or none is left, alternatives are told apart as any others, by their schemas.
  if (!isPlainObject(before) || !isPlainObject(after)) return "compatible";
  if (ownValue(before, "propertyName") !== ownValue(after, "propertyName")) return "breaking";
  const [from, to] = [mappingOf(before), mappingOf(after)];
  return Object.keys(from).every((name) => ownValue(from, name) === ownValue(to, name))
    ? "compatible"
    : "breaking";
}

function mappingOf(discriminator: PlainObject): PlainObject {
  const mapping = ownValue(discriminator, "mapping");
  return isPlainObject(mapping) ? mapping : {};
}
