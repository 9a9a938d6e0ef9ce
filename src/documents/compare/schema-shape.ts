import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { plainText } from "../check/short-text.ts";
import type { ChangeList } from "./change-list.ts";
import { isNarrower } from "./compare-constraints.ts";
import { canonical, listOf, members, resolved } from "./resolved.ts";

/** `input` is what callers send, `output` what they are sent. */
export type Direction = "input" | "output";

/** What a schema allows, its references and `allOf` put together. */
export interface SchemaShape {
  readonly reference: string | undefined;
  /** What names it within its document, so that a pair is compared once; undefined where nothing does. */
  readonly identity: string | undefined;
  /** undefined: any. */
  readonly types: ReadonlySet<string> | undefined;
  /** Canonical JSON of each value; undefined: any. */
  readonly values: ReadonlySet<string> | undefined;
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
  /** `additionalProperties`, where it says anything. */
  readonly additional: unknown;
  readonly items: unknown;
  /** Of `oneOf` and `anyOf`; undefined where there is no choice. */
  readonly alternatives: readonly unknown[] | undefined;
  /** Lengths, bounds, patterns, formats by their keyword. */
  readonly constraints: ReadonlyMap<string, unknown>;
}

const CONSTRAINTS = [
  "maxLength",
  "minLength",
  "maximum",
  "minimum",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "maxItems",
  "minItems",
  "maxProperties",
  "minProperties",
  "multipleOf",
  "uniqueItems",
  "pattern",
  "format",
  "contentEncoding",
  "contentMediaType",
  "default",
  "discriminator",
  "xml",
  // What these allow is not worked out: any difference of theirs counts as less, or more.
  "not",
  "if",
  "then",
  "else",
  "patternProperties",
  "propertyNames",
  "dependencies",
  "dependentRequired",
  "dependentSchemas",
  "unevaluatedProperties",
  "unevaluatedItems",
  "prefixItems",
  "contains",
  "minContains",
  "maxContains",
];

const DEEPEST_ALL_OF = 20;

/** Reads schemas of one document in one direction. */
export class SchemaReader {
  readonly #root: PlainObject;
  readonly #direction: Direction;
  readonly #changes: ChangeList;

  constructor(root: PlainObject, direction: Direction, changes: ChangeList) {
    this.#root = root;
    this.#direction = direction;
    this.#changes = changes;
  }

  read(schema: unknown): SchemaShape {
    return this.#read(schema, 0);
  }

  #read(schema: unknown, depth: number): SchemaShape {
    this.#changes.step();
    const { object, reference } = resolved(this.#root, schema);
    const target = this.#ownShape(object, reference);
    const beside = reference === undefined ? undefined : this.#beside(schema);
    const own = beside
      ? {
          ...merged(target, this.#ownShape(beside, undefined)),
          identity: `${reference} ${canonical(beside)}`,
        }
      : target;
    const parts = depth < DEEPEST_ALL_OF ? listOf(ownValue(object, "allOf")) : [];
    return parts.reduce<SchemaShape>((shape, part) => merged(shape, this.#read(part, depth + 1)), own);
  }

  #ownShape(object: PlainObject, reference: string | undefined): SchemaShape {
    const get = (key: string) => ownValue(object, key);
    const shown = members(get("properties")).filter(([, property]) => this.#concerns(property));
    const properties = new Map(shown);
    const hidden = (name: string) => !properties.has(name) && hasMember(get("properties"), name);
    const required = listOf(get("required")).filter(
      (name): name is string => typeof name === "string" && !hidden(name),
    );
    const choice = [...listOf(get("oneOf")), ...listOf(get("anyOf"))];
    return {
      reference,
      identity: reference ?? identities.get(object),
      types: typesOf(object),
      values: valuesOf(object),
      properties,
      required: new Set(required),
      additional: get("additionalProperties"),
      items: get("items"),
      alternatives: choice.length > 0 ? choice : undefined,
      constraints: constraintsOf(object),
    };
  }

  /** What stands beside a reference counts too, from JSON Schema 2019-09 and so from OpenAPI 3.1 on. */
  #beside(schema: unknown): PlainObject | undefined {
    if (!isPlainObject(schema) || plainText(ownValue(this.#root, "openapi")).startsWith("3.0"))
      return undefined;
    if (Object.hasOwn(this.#root, "swagger")) return undefined;
    const { $ref: _, ...beside } = schema;
    return Object.keys(beside).length > 0 ? beside : undefined;
  }

  /** A property that only answers have is none of a request's, and the other way round. */
  #concerns(property: unknown): boolean {
    const member = this.#direction === "input" ? "readOnly" : "writeOnly";
    const objects = [resolved(this.#root, property).object, this.#beside(property) ?? {}];
    return objects.every((object) => ownValue(object, member) !== true);
  }
}

function hasMember(object: unknown, name: string): boolean {
  return isPlainObject(object) && Object.hasOwn(object, name);
}

function typesOf(object: PlainObject): ReadonlySet<string> | undefined {
  const type = ownValue(object, "type");
  const named = (Array.isArray(type) ? type : [type]).filter(
    (name): name is string => typeof name === "string",
  );
  const types = named.length > 0 ? named : impliedTypes(object);
  if (types.length === 0) return undefined;
  const nullable = ownValue(object, "nullable") === true || ownValue(object, "x-nullable") === true;
  return new Set(nullable ? [...types, "null"] : types);
}

function constraintsOf(object: PlainObject): ReadonlyMap<string, unknown> {
  const constraints = new Map<string, unknown>();
  for (const name of CONSTRAINTS) {
    const value = ownValue(object, name);
    if (value !== undefined) constraints.set(name, value);
  }
  for (const [bound, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    // Up to OpenAPI 3.0 it is a flag of the bound, from 3.1 on the bound itself.
    if (typeof constraints.get(exclusive) !== "boolean") continue;
    if (constraints.get(exclusive) === true && constraints.has(bound)) {
      constraints.set(exclusive, constraints.get(bound));
      constraints.delete(bound);
    } else constraints.delete(exclusive);
  }
  return constraints;
}

function impliedTypes(object: PlainObject): readonly string[] {
  if (isPlainObject(ownValue(object, "properties"))) return ["object"];
  return ownValue(object, "items") === undefined ? [] : ["array"];
}

function valuesOf(object: PlainObject): ReadonlySet<string> | undefined {
  if (Object.hasOwn(object, "const")) return new Set([canonical(object["const"])]);
  const values = ownValue(object, "enum");
  return Array.isArray(values) ? new Set(values.map(canonical)) : undefined;
}

/** Both hold. */
function merged(one: SchemaShape, other: SchemaShape): SchemaShape {
  return {
    reference: one.reference,
    identity: one.identity,
    types: intersection(one.types, other.types),
    values: intersection(one.values, other.values),
    properties: mergedMaps([one.properties, other.properties], (_name, value, more) => bothOf(value, more)),
    required: new Set([...one.required, ...other.required]),
    additional: one.additional === false ? false : (other.additional ?? one.additional),
    items: one.items ?? other.items,
    alternatives: one.alternatives
      ? [...one.alternatives, ...(other.alternatives ?? [])]
      : other.alternatives,
    constraints: mergedMaps([one.constraints, other.constraints], (keyword, value, more) =>
      isNarrower(keyword, value, more) ? more : value,
    ),
  };
}

/** Of schemas that were put together here: one may lead back to itself, as one with a name may. */
const identities = new WeakMap<object, string>();

/** Each of the two, and what these were put together from, once. */
function bothOf(one: unknown, other: unknown): unknown {
  const parts = new Map([...partsOf(one), ...partsOf(other)].map((part) => [canonical(part), part]));
  if (parts.size < 2) return one;
  const schema = { allOf: [...parts.values()] };
  identities.set(schema, [...parts.keys()].toSorted().join("\n"));
  return schema;
}

function partsOf(schema: unknown): readonly unknown[] {
  return isPlainObject(schema) && identities.has(schema) ? listOf(ownValue(schema, "allOf")) : [schema];
}

function mergedMaps(
  [one, other]: readonly [ReadonlyMap<string, unknown>, ReadonlyMap<string, unknown>],
  merge: (key: string, value: unknown, more: unknown) => unknown,
): ReadonlyMap<string, unknown> {
  const all = new Map(one);
  for (const [key, value] of other) all.set(key, all.has(key) ? merge(key, all.get(key), value) : value);
  return all;
}

function intersection(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  return one && other ? new Set([...one].filter((name) => other.has(name))) : (one ?? other);
}
