import { isPlainObject, type PlainObject } from "../../../core/plain-object.ts";
import { readPointer, valueAt } from "../json-pointer.ts";
import { draft04 } from "./draft-04.ts";
import { choiceRules } from "./sure-choices.ts";
import { listRules } from "./sure-lists.ts";
import { keyRules } from "./sure-objects.ts";
import { SureSchema, type KeyPattern, type KnownMember } from "./sure-schema.ts";
import { valueRules } from "./sure-values.ts";
import { types } from "./value-types.ts";

/** Keywords that are looked at, or that say nothing of a value. */
const UNDERSTOOD = new Set([
  ...["type", "enum", "const", "pattern", "format", "minimum", "exclusiveMinimum"],
  // `additionalItems` says something of lists of schemas alone, which are not understood.
  ...["items", "additionalItems", "minItems", "uniqueItems", "contains", "minContains", "maxContains"],
  ...["required", "minProperties", "maxProperties", "propertyNames"],
  ...["properties", "patternProperties", "additionalProperties", "unevaluatedProperties"],
  ...["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "$ref"],
  ...["title", "description", "default", "$comment", "definitions", "$defs"],
  // An anchor alone: what refers to it, `$dynamicRef`, is not understood.
  "$dynamicAnchor",
]);

/** Names of a schema as a whole; within it they would change what references mean. */
const OF_ROOTS = new Set(["$schema", "id", "$id"]);

/** Keywords of schemas that say of a small value what it must be: choices differ in these. */
const TELLING = new Set(["type", "enum", "const", "pattern", "not", "default", "description", "$comment"]);

/** Members that have bits: numbers have no more. */
const MOST_BITS = 30;

/** The schemas of one file. */
export class SureSchemas {
  readonly #root: unknown;
  readonly #references = new Map<string, SureSchema>();

  constructor(root: unknown) {
    this.#root = root;
  }

  of(schema: unknown): SureSchema {
    const reference = isPlainObject(schema) ? schema["$ref"] : undefined;
    if (isPlainObject(schema) && typeof reference === "string" && Object.keys(schema).length === 1) {
      return this.#referredTo(reference);
    }
    return this.#fill(new SureSchema(), schema);
  }

  /** The same for the same reference, also while it is being filled: schemas refer to themselves. */
  #referredTo(reference: string): SureSchema {
    const known = this.#references.get(reference);
    if (known) return known;
    const sure = new SureSchema();
    this.#references.set(reference, sure);
    return this.#fill(sure, this.#schemaAt(reference));
  }

  #schemaAt(reference: string): unknown {
    const foreign = draft04.get(reference);
    if (foreign) return foreign;
    return reference.startsWith("#/") ? valueAt(this.#root, readPointer(reference.slice(1))) : undefined;
  }

  #fill(sure: SureSchema, schema: unknown): SureSchema {
    if (schema === true) return sure;
    if (schema === false) return Object.assign(sure, { types: 0, isUnderstood: false, isSimple: false });
    if (!isPlainObject(schema) || !this.#understands(schema)) {
      return Object.assign(sure, { isUnderstood: false, isSimple: false });
    }
    const { type, items, $ref: reference } = schema;
    if (type !== undefined) sure.types = typesOf(type);
    const choices = choicesOf(schema);
    if (choices) sure.choices = new Set(choices);
    if (items !== undefined) sure.items = this.of(items);
    this.#fillMembers(sure, schema);
    const rules = [
      ...valueRules(schema),
      ...keyRules(schema, this),
      ...listRules(schema, this),
      ...choiceRules(schema, this),
      typeof reference === "string" ? this.#referredTo(reference) : undefined,
    ];
    sure.oneOf = ((schema["oneOf"] ?? []) as readonly unknown[]).map((one) => this.of(one));
    sure.rules = rules.filter((rule) => rule !== undefined);
    sure.isSimple = sure.rules.length === 0 && sure.oneOf.length === 0 && sure.choices === undefined;
    return sure;
  }

  #understands(schema: PlainObject): boolean {
    const isKnown = (keyword: string) =>
      UNDERSTOOD.has(keyword) || (schema === this.#root && OF_ROOTS.has(keyword));
    const choices = choicesOf(schema) ?? [];
    // How objects compare is the validator's business.
    if (choices.some((choice) => typeof choice === "object")) return false;
    if (Object.hasOwn(schema, "const") && Object.hasOwn(schema, "enum")) return false;
    const { type, items, unevaluatedProperties: unevaluated = false } = schema;
    if (unevaluated !== false || Array.isArray(items)) return false;
    return Object.keys(schema).every(isKnown) && (type === undefined || typesOf(type) > 0);
  }

  #fillMembers(sure: SureSchema, schema: PlainObject): void {
    const properties = Object.entries(schema["properties"] ?? {});
    const rest = schema["additionalProperties"];
    sure.patterns = Object.entries(schema["patternProperties"] ?? {}).map(([pattern, of]): KeyPattern => ({
      pattern: new RegExp(pattern, "u"),
      schema: this.of(of),
    }));
    sure.forbidden = sure.patterns.flatMap(({ pattern, schema: of }) => (of.types === 0 ? [pattern] : []));
    sure.rest = rest === undefined ? undefined : this.of(rest);
    sure.isSealed = schema["unevaluatedProperties"] === false;
    sure.telling = properties.flatMap(([key, of]) => (isTelling(of) ? [key] : []));
    sure.required = ((schema["required"] ?? []) as readonly unknown[]).map(String);
    const numbered = sure.required
      .filter((name) => properties.some(([key]) => key === name))
      .slice(0, MOST_BITS);
    const bitOf = (key: string) => (numbered.includes(key) ? 1 << numbered.indexOf(key) : 0);
    sure.known = new Map(
      properties.map(([key, of]): [string, KnownMember] => [
        key,
        { schema: together([this.of(of), ...matching(sure.patterns, key)]), bit: bitOf(key) },
      ]),
    );
    sure.bits = 2 ** numbered.length - 1;
    sure.unnumbered = sure.required.filter((name) => !numbered.includes(name));
    sure.hasMembers = sure.isSealed || rest !== undefined || sure.known.size > 0 || sure.patterns.length > 0;
  }
}

function matching(patterns: readonly KeyPattern[], key: string): readonly SureSchema[] {
  return patterns.flatMap(({ pattern, schema }) => (pattern.test(key) ? [schema] : []));
}

function together(schemas: readonly SureSchema[]): SureSchema {
  const [only] = schemas;
  if (only && schemas.length === 1) return only;
  return Object.assign(new SureSchema(), { rules: schemas, isSimple: false });
}

/** As bits; 0 where one of them is not known. */
function typesOf(type: unknown): number {
  const names: readonly unknown[] = Array.isArray(type) ? type : [type];
  const bits = names.map((name) =>
    name === "integer" ? types.number : ((types[name as "object"] as number | undefined) ?? 0),
  );
  return bits.some((bit) => bit === 0) ? 0 : bits.reduce((all, bit) => all | bit, 0);
}

function choicesOf(schema: PlainObject): readonly unknown[] | undefined {
  if (Object.hasOwn(schema, "const")) return [schema["const"]];
  return schema["enum"] as readonly unknown[] | undefined;
}

function isTelling(schema: unknown): boolean {
  return schema === false || (isPlainObject(schema) && Object.keys(schema).every((key) => TELLING.has(key)));
}
