import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import type { ChangeList } from "./change-list.ts";
import { canonical, listOf, members, resolved } from "./resolved.ts";

/** `input` is what callers send, `output` what they are sent. */
export type Direction = "input" | "output";

/** What a schema allows, its references and `allOf` put together. */
export interface SchemaShape {
  readonly reference: string | undefined;
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
    const own = this.#ownShape(object, reference);
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
      types: typesOf(object),
      values: valuesOf(object),
      properties,
      required: new Set(required),
      additional: get("additionalProperties"),
      items: get("items"),
      alternatives: choice.length > 0 ? choice : undefined,
      constraints: new Map(
        CONSTRAINTS.map((name) => [name, get(name)] as const).filter(([, value]) => value !== undefined),
      ),
    };
  }

  /** A property that only answers have is none of a request's, and the other way round. */
  #concerns(property: unknown): boolean {
    const { object } = resolved(this.#root, property);
    return ownValue(object, this.#direction === "input" ? "readOnly" : "writeOnly") !== true;
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
    types: intersection(one.types, other.types),
    values: intersection(one.values, other.values),
    properties: new Map([...one.properties, ...other.properties]),
    required: new Set([...one.required, ...other.required]),
    additional: one.additional === false ? false : (other.additional ?? one.additional),
    items: one.items ?? other.items,
    alternatives: one.alternatives ?? other.alternatives,
    constraints: new Map([...one.constraints, ...other.constraints]),
  };
}

function intersection(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  return one && other ? new Set([...one].filter((name) => other.has(name))) : (one ?? other);
}
