import { illegalBase64At } from "../base64.ts";
import { isPlainObject, type PlainObject } from "../plain-object.ts";
import type { NullReading } from "./fill-defaults.ts";
import type { Kind } from "./kind.ts";
import { metadataSchema, objectSchema } from "./object-schema.ts";
import { defaultOf } from "./default-of.ts";
import { schemaCauses } from "./schema-causes.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/** Stands for what does not fit its schema; the steps one by one then say why. */
export const UNFIT = Symbol("unfit");

/** Gives the same value where there is nothing to settle, else a copy that shares what does not change. */
type Settle = (value: unknown) => unknown;

const settles = new WeakMap<object, Settle>();

/**
 * Pruning, nulls, defaults, types and rules in one walk, for the many objects that have nothing wrong with them:
 * an Application may have thousands of services, and each write of it is admitted whole. What `decode` and
 * `admit` find step by step is the measure; this gives the same, or UNFIT.
 */
export function settle(kind: Pick<Kind, "schema" | "custom">, value: unknown): unknown {
  let settleKind = settles.get(kind.schema);
  if (!settleKind) settles.set(kind.schema, (settleKind = settleObject(kindRules(kind))));
  return settleKind(value);
}

const settlesItem = new WeakMap<object, Settle>();

/** Whether there is nothing to settle in an item of the kind's large list, and nothing wrong with it. */
export function isSettledItem(kind: Pick<Kind, "schema" | "custom" | "largeList">, item: unknown): boolean {
  let settleItem = settlesItem.get(kind.schema);
  if (!settleItem) settlesItem.set(kind.schema, (settleItem = itemRules(kind)));
  return settleItem(item) === item;
}

function itemRules({
  schema,
  custom,
  largeList = [],
}: Pick<Kind, "schema" | "custom" | "largeList">): Settle {
  let list: StructuralSchema | undefined = objectSchema({ schema });
  for (const key of largeList) list = list?.properties?.[key];
  return list?.items ? settleInner(list.items, custom ? "as-is" : "typed") : () => UNFIT;
}

interface ObjectRules {
  readonly properties: ReadonlyMap<string, Property>;
  /** Of keys that are not declared by name; undefined where there are none. */
  readonly others: Settle | undefined;
  readonly required: readonly string[];
  readonly defaults: readonly (readonly [string, unknown])[];
}

interface Property {
  readonly settle: Settle;
  readonly nullable: boolean;
}

function kindRules({ schema, custom }: Pick<Kind, "schema" | "custom">): ObjectRules {
  const rules = objectRules(objectSchema({ schema }), custom ? "as-is" : "typed");
  // The metadata of any kind are read by a typed decoder, and always there.
  const metadata = { settle: settleObject(objectRules(metadataSchema, "typed")), nullable: false };
  return {
    ...rules,
    properties: new Map([...rules.properties, ["metadata", metadata]]),
    required: [...rules.required, "metadata"],
  };
}

function objectRules(schema: StructuralSchema, nulls: NullReading): ObjectRules {
  const declared = Object.entries(schema.properties ?? {});
  const property = (inner: StructuralSchema) => ({
    settle: settleValue(inner, nulls),
    nullable: inner.nullable === true,
  });
  return {
    properties: new Map(declared.map(([key, inner]) => [key, property(inner)])),
    others: schema.additionalProperties && settleMapValue(schema.additionalProperties, nulls),
    required: schema.required ?? [],
    defaults: declared.flatMap(([key, inner]) => (inner.default === undefined ? [] : [[key, inner.default]])),
  };
}

function settleValue(schema: StructuralSchema, nulls: NullReading): Settle {
  const settleTyped = settleType(schema, nulls);
  return schema.nullable ? (value) => (value === null ? null : settleTyped(value)) : settleTyped;
}

function settleType(schema: StructuralSchema, nulls: NullReading): Settle {
  if (schema.type === "array") return settleArray(schema, nulls);
  if (schema.type === "object") return settleObject(objectRules(schema, nulls));
  const { type, ...rules } = schema;
  const isRuled = type === "integer" || Object.keys(rules).some((rule) => !HARMLESS.has(rule));
  if (!isRuled) return (value) => (typeof value === type ? value : UNFIT);
  const isBase64 = schema.format === "byte" && nulls === "typed";
  return (value) => {
    if (isBase64 && typeof value === "string" && illegalBase64At(value) !== undefined) return UNFIT;
    return schemaCauses(schema, value).length === 0 ? value : UNFIT;
  };
}

/** Members of a schema that forbid no value of its type. */
const HARMLESS: ReadonlySet<string> = new Set(["description", "default", "nullable"]);

/** A null is no entry of the map. */
function settleMapValue(schema: StructuralSchema, nulls: NullReading): Settle {
  const settleInMap = settleInner(schema, nulls);
  if (nulls === "typed" || schema.nullable) return settleInMap;
  return (value) => (value === null ? undefined : settleInMap(value));
}

/** A value of a map or an item of a list: a typed decoder makes null the empty value, which is rare. */
function settleInner(schema: StructuralSchema, nulls: NullReading): Settle {
  const settleItem = settleValue(schema, nulls);
  return nulls === "typed" ? (value) => (value === null ? UNFIT : settleItem(value)) : settleItem;
}

function settleArray({ items }: StructuralSchema, nulls: NullReading): Settle {
  if (!items) return (value) => (Array.isArray(value) ? value : UNFIT);
  const settleItem = settleInner(items, nulls);
  return (value) => {
    if (!Array.isArray(value)) return UNFIT;
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const settled = settleItem(value[index]);
      if (settled === UNFIT) return UNFIT;
      if (settled !== value[index]) (copy ??= [...(value as unknown[])])[index] = settled;
    }
    return copy ?? value;
  };
}

function settleObject(rules: ObjectRules): Settle {
  return (value) => {
    if (!isPlainObject(value)) return UNFIT;
    const keys = Object.keys(value);
    let kept: [string, unknown][] | undefined;
    for (const [index, key] of keys.entries()) {
      const settled = settleMember(rules, key, value[key]);
      if (settled === UNFIT) return UNFIT;
      if (settled !== value[key]) kept ??= keys.slice(0, index).map((earlier) => [earlier, value[earlier]]);
      if (kept && settled !== undefined) kept.push([key, settled]);
    }
    // Object.fromEntries defines properties, so that a key `__proto__` stays a key.
    return completed(rules, kept ? Object.fromEntries(kept) : value);
  };
}

/** undefined where the key is not to be kept: it is not declared, or its null means that it is absent. */
function settleMember(rules: ObjectRules, key: string, value: unknown): unknown {
  const property = rules.properties.get(key);
  if (!property) return rules.others?.(value);
  return value === null && !property.nullable ? undefined : property.settle(value);
}

function completed({ defaults, required }: ObjectRules, value: PlainObject): PlainObject | typeof UNFIT {
  const missing = defaults.filter(([key]) => !Object.hasOwn(value, key));
  const filled = missing.map(([key, absent]) => [key, defaultOf(absent)] as const);
  const whole = filled.length === 0 ? value : Object.fromEntries([...Object.entries(value), ...filled]);
  return required.every((key) => Object.hasOwn(whole, key)) ? whole : UNFIT;
}
