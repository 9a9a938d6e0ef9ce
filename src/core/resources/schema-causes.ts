import { isPlainObject, ownValue, type PlainObject } from "../plain-object.ts";
import { fieldPath, itemPath } from "./field-path.ts";
import { isDateTime } from "./is-date-time.ts";
import type { Cause } from "./kind.ts";
import { fitsInteger, isWholeNumberOf, propertySchema, type StructuralSchema } from "./structural-schema.ts";

/**
 * Everything in which `value` does not fit its schema, each in the words of the API server (admin-api spec
 * §13). Values of a secret kind never come here with a rule that quotes them: for what is secret its schema
 * has types only, and a wrong type is named, not shown.
 */
export function schemaCauses(schema: StructuralSchema, value: unknown, path = ""): Cause[] {
  const causes: Cause[] = [];
  check(schema, value, path, causes);
  return causes;
}

function check(schema: StructuralSchema, value: unknown, path: string, causes: Cause[]): void {
  if ((value === null && schema.nullable) || isWholeNumberOf(schema, value)) return;
  const type = typeName(value);
  if (type !== schema.type) {
    const message = `Invalid value: "${type}": ${path} in body must be of type ${schema.type}: "${type}"`;
    causes.push({ reason: "FieldValueTypeInvalid", message, field: path });
  }
  checkEnum(schema, value, path, causes);
  if (type !== schema.type) return;
  if (typeof value === "string") checkText(schema, value, path, causes);
  else if (typeof value === "number") checkNumber(schema, value, path, causes);
  else if (Array.isArray(value)) checkItems(schema, value, path, causes);
  else if (isPlainObject(value)) checkProperties(schema, value, path, causes);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

// The API server checks an enum whatever the type, so that a wrong type shows the values that would do.
function checkEnum(schema: StructuralSchema, value: unknown, path: string, causes: Cause[]): void {
  if (!schema.enum || (typeof value === "string" && schema.enum.includes(value))) return;
  const supported = schema.enum.map((word) => JSON.stringify(word)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  causes.push({ reason: "FieldValueNotSupported", message, field: path });
}

function checkText(schema: StructuralSchema, value: string, path: string, causes: Cause[]): void {
  const { maxLength, minLength, pattern, format } = schema;
  const invalid = (rule: string) => causes.push(invalidValue(path, value, rule));
  if (maxLength !== undefined && value.length > maxLength && codePoints(value) > maxLength) {
    const message = `Too long: may not be more than ${maxLength} bytes`;
    causes.push({ reason: "FieldValueTooLong", message, field: path });
  }
  if (minLength !== undefined && codePoints(value) < minLength) {
    invalid(`should be at least ${minLength} chars long`);
  }
  if (pattern !== undefined && !compiled(pattern).test(value)) invalid(`should match '${pattern}'`);
  if (format === "date-time" && !isDateTime(value)) invalid(`must be of type date-time: "${value}"`);
}

/** JSON Schema counts these, of which a text never has more than UTF-16 units. */
function codePoints(value: string): number {
  return Array.from(value).length;
}

function checkNumber(schema: StructuralSchema, value: number, path: string, causes: Cause[]): void {
  const { minimum, maximum } = schema;
  if (!fitsInteger(schema, value)) causes.push(invalidValue(path, value, "must be of type int32"));
  if (minimum !== undefined && value < minimum) {
    causes.push(invalidValue(path, value, `should be greater than or equal to ${minimum}`));
  }
  if (maximum !== undefined && value > maximum) {
    causes.push(invalidValue(path, value, `should be less than or equal to ${maximum}`));
  }
}

function checkItems(schema: StructuralSchema, value: readonly unknown[], path: string, causes: Cause[]) {
  const { items } = schema;
  if (items) value.forEach((item, index) => check(items, item, itemPath(path, index), causes));
}

function checkProperties(schema: StructuralSchema, value: PlainObject, path: string, causes: Cause[]): void {
  for (const [key, inner] of Object.entries(value)) {
    const declared = propertySchema(schema, key);
    if (declared) check(declared, inner, fieldPath(path, key), causes);
  }
  for (const key of schema.required ?? []) {
    if (ownValue(value, key) === undefined) {
      causes.push({
        reason: "FieldValueRequired",
        message: "Required value",
        field: fieldPath(path, key),
      });
    }
  }
}

function invalidValue(path: string, value: string | number, rule: string): Cause {
  const message = `Invalid value: ${JSON.stringify(value)}: ${path} in body ${rule}`;
  return { reason: "FieldValueInvalid", message, field: path };
}

const patterns = new Map<string, RegExp>();

/** Patterns come from our own kinds, so there are few and none is hostile. */
function compiled(pattern: string): RegExp {
  let expression = patterns.get(pattern);
  if (!expression) patterns.set(pattern, (expression = new RegExp(pattern, "u")));
  return expression;
}
