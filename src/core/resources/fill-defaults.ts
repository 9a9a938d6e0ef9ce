import { isPlainObject, mapValues, ownValue, type PlainObject } from "../plain-object.ts";
import { defaultOf } from "./default-of.ts";
import { propertySchema, type StructuralSchema } from "./structural-schema.ts";

/**
 * How a null is read that stands where none may. A typed decoder makes it the empty value in maps and lists, which
 * holds for core kinds and all metadata. In a custom resource it is absent, and as an item of a list it stays and is
 * reported as a wrong type. In what was applied to a custom resource a null of a field without a default stays too, and
 * is reported: applied means held, and nobody can hold what is not there (all seen at the API server).
 */
export type NullReading = "typed" | "as-is" | "applied";

/**
 * Takes an explicit null, unless it was applied, as absent where the schema does not say `nullable`, then fills in defaults: so
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
    if (inner !== null || declared.nullable) return fillDefaults(declared, inner, nulls);
    if (nulls === "typed" && declared === schema.additionalProperties) return emptyOf(declared);
    return nulls === "applied" && declared.default === undefined ? inner : undefined;
  });
  for (const [key, declared] of Object.entries(schema.properties ?? {})) {
    if (declared.default !== undefined && ownValue(filled, key) === undefined) {
      filled[key] = defaultOf(declared.default);
    }
  }
  return filled;
}
