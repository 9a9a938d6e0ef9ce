import { isPlainObject, type PlainObject } from "../../../core/plain-object.ts";
import { ALL_TYPES, typeOf, types } from "./value-types.ts";

/** A rule that not every schema has. */
export interface SureRule {
  /** Certainly valid. */
  accepts(value: unknown): boolean;
  /** Certainly not valid. */
  rejects(value: unknown): boolean;
  /** Whether a property of an object that is valid has certainly been evaluated. */
  covers?(object: PlainObject, key: string): boolean;
}

export interface KeyPattern {
  readonly pattern: RegExp;
  readonly schema: SureSchema;
}

/** A property that the schema names. */
export interface KnownMember {
  readonly schema: SureSchema;
  /** Of those that are required each has its own; 0 for all others. */
  readonly bit: number;
}

/**
 * What can be said of a value and a JSON Schema quickly and for certain. All of it may be false: then only a validator
 * knows. So a keyword that is not understood, or a value that nobody looked at, costs time and nothing else.
 *
 * All schemas have the same members and one function goes through them all: engines make that several times as fast
 * as functions made for each.
 */
export class SureSchema implements SureRule {
  /** Whether all of its keywords are understood. */
  isUnderstood = true;
  /** Bits of `types`. */
  types: number = ALL_TYPES;
  /** `properties`, each with what patterns say of its key. */
  known: ReadonlyMap<string, KnownMember> = new Map();
  patterns: readonly KeyPattern[] = [];
  /** What patterns say of some keys: most documents have the same. */
  readonly seen = new Map<string, readonly SureSchema[]>();
  /** Keys that no object may have. */
  forbidden: readonly RegExp[] = [];
  /** `additionalProperties`. */
  rest: SureSchema | undefined;
  /** `unevaluatedProperties: false`. */
  isSealed = false;
  /** Whether anything is said of members: nearly all values that are not looked into have many. */
  hasMembers = false;
  required: readonly string[] = [];
  /** Those of them that have no bit. */
  unnumbered: readonly string[] = [];
  /** All bits of required members. */
  bits = 0;
  /** Members by which an object can be told from others. */
  telling: readonly string[] = [];
  items: SureSchema | undefined;
  /** `enum` and `const`. */
  choices: ReadonlySet<unknown> | undefined;
  oneOf: readonly SureSchema[] = [];
  /** For each of these those that it does not exclude by itself. */
  others: readonly (readonly SureSchema[])[] | undefined;
  rules: readonly SureRule[] = [];
  /** Whether there is nothing but types, items and members. */
  isSimple = true;

  accepts(value: unknown): boolean {
    if (typeof value === "string") {
      if ((this.types & types.string) === 0) return false;
    } else if (typeof value !== "object" || value === null) {
      if ((this.types & typeOf(value)) === 0 && this.types !== ALL_TYPES) return false;
    } else if (Array.isArray(value)) {
      if ((this.types & types.array) === 0 || !acceptsItems(this, value)) return false;
    } else {
      if ((this.types & types.object) === 0 || !acceptsMembers(this, value as PlainObject)) return false;
    }
    if (this.isSimple) return true;
    if (this.choices !== undefined && !this.choices.has(value)) return false;
    if (this.oneOf.length > 0 && !acceptsOne(this, value)) return false;
    const { rules } = this;
    for (let place = 0; place < rules.length; place++) {
      if (rules[place]?.accepts(value) !== true) return false;
    }
    return this.isUnderstood;
  }

  rejects(value: unknown): boolean {
    if ((this.types & typeOf(value)) === 0 && this.types !== ALL_TYPES) return true;
    if (this.choices !== undefined && !this.choices.has(value)) return true;
    if (isPlainObject(value) && rejectsMembers(this, value)) return true;
    for (const rule of this.rules) if (rule.rejects(value)) return true;
    return this.oneOf.length > 0 && this.oneOf.every((one) => one.rejects(value));
  }

  /** Whether no value is valid here and there. */
  excludes(other: SureSchema): boolean {
    if ((this.types & other.types) === 0) return true;
    if (this.types !== types.object || this.rest?.types !== 0) return false;
    const isPossible = (key: string) =>
      this.known.has(key) || this.patterns.some(({ pattern }) => pattern.test(key));
    return other.types === types.object && !other.required.every(isPossible);
  }

  /** JSON Schema 2020-12 core, section 11. */
  covers(object: PlainObject, key: string): boolean {
    if (this.rest || this.known.has(key)) return true;
    if (this.patterns.some(({ pattern }) => pattern.test(key))) return true;
    return this.rules.some((rule) => rule.covers?.(object, key));
  }
}

function acceptsItems({ items }: SureSchema, list: readonly unknown[]): boolean {
  if (!items) return true;
  for (let place = 0; place < list.length; place++) if (!items.accepts(list[place])) return false;
  return true;
}

function acceptsMembers(schema: SureSchema, object: PlainObject): boolean {
  const { unnumbered, known, rest } = schema;
  for (let place = 0; place < unnumbered.length; place++) {
    if (!Object.hasOwn(object, unnumbered[place] as string)) return false;
  }
  if (!schema.hasMembers) return true;
  const keys = Object.keys(object);
  const isMap = rest !== undefined && known.size === 0 && schema.patterns.length === 0;
  let bits = 0;
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as string;
    const value = object[key];
    const member = isMap ? undefined : known.get(key);
    if (member === undefined) {
      if (isMap ? !rest.accepts(value) : !acceptsOther(schema, object, key)) return false;
    } else {
      bits |= member.bit;
      const { schema: own } = member;
      // Half of all values are texts of which nothing else is said.
      if (typeof value === "string" && own.isSimple) {
        if ((own.types & types.string) === 0) return false;
      } else if (!own.accepts(value)) return false;
    }
  }
  return bits === schema.bits;
}

/** A member that `properties` does not name. */
function acceptsOther(schema: SureSchema, object: PlainObject, key: string): boolean {
  const { patterns, rest } = schema;
  if (patterns.length > 0) {
    const matching = schema.seen.get(key) ?? matchingPatterns(schema, key);
    for (let place = 0; place < matching.length; place++) {
      if (matching[place]?.accepts(object[key]) !== true) return false;
    }
    if (matching.length > 0) return true;
  }
  if (rest) return rest.accepts(object[key]);
  return !schema.isSealed || schema.rules.some((rule) => rule.covers?.(object, key));
}

function matchingPatterns({ patterns, seen }: SureSchema, key: string): readonly SureSchema[] {
  const matching = patterns.flatMap(({ pattern, schema }) => (pattern.test(key) ? [schema] : []));
  if (seen.size < MOST_SEEN) seen.set(key, matching);
  return matching;
}

/** Keys of each schema; documents may bring as many as they like. */
const MOST_SEEN = 50;

/** One, all others being impossible. */
function acceptsOne(schema: SureSchema, value: unknown): boolean {
  const { oneOf } = schema;
  for (let place = 0; place < oneOf.length; place++) {
    const one = oneOf[place] as SureSchema;
    if (!one.accepts(value)) continue;
    // Which choices exclude each other is known when all schemas have been read.
    schema.others ??= oneOf.map((choice) =>
      oneOf.filter((other) => other !== choice && !choice.excludes(other)),
    );
    for (const other of schema.others[place] ?? []) if (!other.rejects(value)) return false;
    return true;
  }
  return false;
}

function rejectsMembers(schema: SureSchema, object: PlainObject): boolean {
  const { required, telling, known, patterns, forbidden } = schema;
  for (const name of required) if (!Object.hasOwn(object, name)) return true;
  for (const name of telling) {
    if (Object.hasOwn(object, name) && known.get(name)?.schema.rejects(object[name]) === true) return true;
  }
  const isClosed = schema.rest?.types === 0;
  if (!isClosed && forbidden.length === 0) return false;
  return Object.keys(object).some(
    (key) =>
      forbidden.some((pattern) => pattern.test(key)) ||
      (isClosed && !known.has(key) && !patterns.some(({ pattern }) => pattern.test(key))),
  );
}
