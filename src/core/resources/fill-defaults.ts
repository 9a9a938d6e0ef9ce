import { isPlainObject, mapValues, ownValue, type PlainObject } from "../plain-object.ts";
import { defaultOf } from "./default-of.ts";
import { propertySchema, type StructuralSchema } from "./structural-schema.ts";

/**
 * How a null that stands as the value of a map or as an item of a list is read. A typed decoder makes it the
 * empty value, which holds for core kinds and all metadata; in a custom resource it stays and is reported as
 * a wrong type (both seen at the API server).
 */
export type NullReading = "typed" | "as-is";

/**
 * Takes an explicit null as absent where the schema does not say `nullable`, then fills in defaults: so
 * `encodeUrl: null` becomes true (admin-api spec §7).
 */
export function fillDefaults(schema: StructuralSchema, value: unknown, nulls: NullReading): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => fillInner(items, item, nulls)) : value;
  }
  return isPlainObject(value) ? fillObject(schema, value, nulls) : value;
}

function fillInner(schema: StructuralSchema, value: unknown, nulls: NullReading): unknown {
  return value === null && nulls === "typed" ? emptyOf(schema) : fillDefaults(schema, value, nulls);
}

function emptyOf(schema: StructuralSchema): unknown {
  return schema.type === "string" ? "" : schema.type === "object" ? {} : null;
}

function fillObject(schema: StructuralSchema, value: PlainObject, nulls: NullReading): PlainObject {
  const filled = mapValues(value, (inner, key) => {
    const declared = propertySchema(schema, key);
    if (!declared) return inner;
    if (declared === schema.additionalProperties) return fillInner(declared, inner, nulls);
    return inner === null && !declared.nullable ? undefined : fillDefaults(declared, inner, nulls);
  });
  for (const [key, declared] of Object.entries(schema.properties ?? {})) {
    if (declared.default !== undefined && ownValue(filled, key) === undefined) {
      filled[key] = defaultOf(declared.default);
    }
  }
  return filled;
}
