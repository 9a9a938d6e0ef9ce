import { isPlainObject, type PlainObject } from "../plain-object.ts";
import type { Kind } from "./kind.ts";
import { droppedMetadata, objectSchema } from "./object-schema.ts";
import { membersOf } from "./managed-fields/members.ts";
import { isWholeNumberOf, propertySchema, type StructuralSchema } from "./structural-schema.ts";

/**
 * Why the body of an apply cannot be laid over an object: fields that the kind does not declare and values of
 * another type, as `.spec.bogus: field not declared in schema` (admin-api spec §9, step 1). No value is quoted.
 */
export function typedProblems(kind: Pick<Kind, "schema">, body: PlainObject): string[] {
  const problems: string[] = [];
  check(objectSchema(kind), body, "", problems);
  checkIdentities(body, problems);
  return problems;
}

function check(schema: StructuralSchema, value: unknown, path: string, problems: string[]): void {
  if (value === null || isWholeNumberOf(schema, value)) return;
  const type = typeName(value);
  if (type !== schema.type) {
    problems.push(`${path}: expected ${schema.type}, got ${type}`);
  } else if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [index, item] of value.entries()) check(items, item, `${path}[${index}]`, problems);
  } else if (isPlainObject(value)) checkMembers(schema, value, path, problems);
}

function checkMembers(schema: StructuralSchema, value: PlainObject, path: string, problems: string[]): void {
  for (const [key, inner] of Object.entries(value)) {
    const declared = propertySchema(schema, key);
    if (declared) check(declared, inner, `${path}.${key}`, problems);
    else if (path !== ".metadata" || !droppedMetadata.has(key)) {
      problems.push(`${path}.${key}: field not declared in schema`);
    }
  }
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/** The items of a set, and of a keyed list, must be told apart; one without its key is found invalid later. */
function checkIdentities({ metadata }: PlainObject, problems: string[]): void {
  for (const { step, value, shape } of membersOf(metadata, "metadata") ?? []) {
    if (shape !== "set" && shape !== "keyed") continue;
    const steps = (membersOf(value, shape) ?? []).map((item) => item.step);
    const path = `.metadata.${step.slice(2)}`;
    if (new Set(steps).size < steps.length) problems.push(`${path}: duplicate entries`);
  }
}
