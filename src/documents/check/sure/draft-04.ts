const text = { type: "string" };
const number = { type: "number" };
const truth = { type: "boolean" };
const count = { type: "integer", minimum: 0 };
const types = { enum: ["array", "boolean", "integer", "null", "number", "object", "string"] };
const distinct = { type: "array", minItems: 1, uniqueItems: true };

/** What the schema of OpenAPI 2.0 takes from that of JSON Schema draft 4, by reference. */
export const draft04: ReadonlyMap<string, object> = new Map(
  Object.entries({
    "definitions/positiveInteger": count,
    "definitions/positiveIntegerDefault0": count,
    "definitions/stringArray": { ...distinct, items: text },
    "properties/default": {},
    "properties/description": text,
    "properties/enum": distinct,
    "properties/exclusiveMaximum": truth,
    "properties/exclusiveMinimum": truth,
    "properties/maximum": number,
    "properties/minimum": number,
    "properties/multipleOf": { ...number, minimum: 0, exclusiveMinimum: true },
    "properties/pattern": { ...text, format: "regex" },
    "properties/title": text,
    "properties/type": { anyOf: [types, { ...distinct, items: types }] },
    "properties/uniqueItems": truth,
  }).map(([place, schema]) => [`http://json-schema.org/draft-04/schema#/${place}`, schema]),
);
