import { isPlainObject, type PlainObject } from "../../../core/plain-object.ts";
import { accepting, exactly, UNSURE } from "./sure-rules.ts";
import type { SureRule } from "./sure-schema.ts";
import type { SureSchemas } from "./sure-schemas.ts";

/** What keywords say of lists; undefined for each that is not there. */
export function listRules(schema: PlainObject, schemas: SureSchemas): readonly (SureRule | undefined)[] {
  const { minItems, uniqueItems, contains } = schema;
  return [
    minItems === undefined ? undefined : leastRule(minItems),
    uniqueItems === undefined || uniqueItems === false ? undefined : DISTINCT,
    contains === undefined ? undefined : containsRule(schema, schemas.of(contains)),
  ];
}

function leastRule(least: unknown): SureRule {
  if (typeof least !== "number") return UNSURE;
  return exactly((value) => !Array.isArray(value) || value.length >= least);
}

function containsRule({ minContains = 1, maxContains }: PlainObject, one: SureRule): SureRule {
  const most = maxContains ?? Number.MAX_SAFE_INTEGER;
  if (typeof minContains !== "number" || typeof most !== "number") return UNSURE;
  const surely = (list: readonly unknown[]) => list.filter((item) => one.accepts(item)).length;
  const perhaps = (list: readonly unknown[]) => list.filter((item) => !one.rejects(item)).length;
  return {
    accepts: (value) => !Array.isArray(value) || (surely(value) >= minContains && perhaps(value) <= most),
    rejects: (value) => Array.isArray(value) && (perhaps(value) < minContains || surely(value) > most),
  };
}

/** Items that are compared with each other; the validator has to look at longer lists itself. */
const COMPARED = 200;

/** `uniqueItems`: what has another text in the same place is another thing. */
const DISTINCT: SureRule = accepting((value) => {
  if (!Array.isArray(value) || value.length < 2) return true;
  const list: readonly unknown[] = value;
  if (list.every((item) => typeof item === "string")) return new Set(list).size === list.length;
  if (list.length > COMPARED) return false;
  return list.every((one, place) => list.slice(place + 1).every((other) => areDistinct(one, other)));
});

function areDistinct(one: unknown, other: unknown): boolean {
  if (typeof one === "string" && typeof other === "string") return one !== other;
  if (!isPlainObject(one) || !isPlainObject(other)) return false;
  return Object.keys(one).some((key) => {
    const text = one[key];
    return typeof text === "string" && other[key] !== text;
  });
}
