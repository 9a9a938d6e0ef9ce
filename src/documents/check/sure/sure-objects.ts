import { isPlainObject, type PlainObject } from "../../../core/plain-object.ts";
import { accepting, exactly, UNSURE } from "./sure-rules.ts";
import type { SureRule } from "./sure-schema.ts";
import type { SureSchemas } from "./sure-schemas.ts";

/** What keywords say of the keys of objects; undefined for each that is not there. */
export function keyRules(schema: PlainObject, schemas: SureSchemas): readonly (SureRule | undefined)[] {
  const { minProperties, maxProperties, propertyNames } = schema;
  return [
    minProperties === undefined && maxProperties === undefined ? undefined : sizeRule(schema),
    propertyNames === undefined ? undefined : nameRule(schemas.of(propertyNames)),
  ];
}

function sizeRule({ minProperties = 0, maxProperties }: PlainObject): SureRule {
  const most = maxProperties ?? Number.MAX_SAFE_INTEGER;
  if (typeof minProperties !== "number" || typeof most !== "number") return UNSURE;
  return exactly((value) => {
    const size = isPlainObject(value) ? Object.keys(value).length : minProperties;
    return size >= minProperties && size <= most;
  });
}

function nameRule(names: SureRule): SureRule {
  return accepting((value) => !isPlainObject(value) || Object.keys(value).every((key) => names.accepts(key)));
}
