import type {
  Static,
  TArray,
  TBoolean,
  TInteger,
  TObject,
  TOptional,
  TProperties,
  TSchema,
  TString,
  TUnsafe,
} from "typebox";

/**
 * The only builders a kind may use. Kubernetes' structural schemas refuse `const`, `patternProperties` and
 * `null` types, so an enum is written as `oneOf`, a map as `mapOf` (additionalProperties) and a value that
 * may be null as `nullable` (the OpenAPI 3.0 keyword).
 *
 * TypeBox gives the types alone. Its functions would make the same plain objects, but loading them takes a
 * tenth of a second in every thread, as they are spread over hundreds of files.
 */
export interface Described {
  /** One sentence for `kubectl explain` and the reference. */
  readonly description?: string;
}

export const text = (
  options: Described & {
    maxLength?: number;
    minLength?: number;
    pattern?: string;
    /** `byte` is base64. */
    format?: "date-time" | "byte";
    default?: string;
  } = {},
) => ({ type: "string", ...options }) as TString;

export const flag = (options: Described & { default?: boolean } = {}) =>
  ({ type: "boolean", ...options }) as TBoolean;

export const wholeNumber = (
  options: Described & { minimum?: number; maximum?: number; default?: number; format?: "int32" } = {},
) => ({ type: "integer", ...options }) as TInteger;

/** A port by its number or its name: Kubernetes' IntOrString, written as in its own OpenAPI document. */
export const portOrName = (options: Described = {}) =>
  ({ type: "string", format: "int-or-string", ...options }) as unknown as TUnsafe<string | number>;

export const oneOf = <const Values extends readonly string[]>(
  values: Values,
  options: Described & { default?: Values[number] } = {},
) => ({ type: "string", enum: [...values], ...options }) as unknown as TUnsafe<Values[number]>;

export const listOf = <Item extends TSchema>(item: Item, options: Described = {}) =>
  ({ type: "array", items: item, ...options }) as TArray<Item>;

export const mapOf = <Value extends TSchema>(
  value: Value,
  options: Described & { default?: Readonly<Record<string, string>> } = {},
) =>
  ({ type: "object", additionalProperties: value, ...options }) as unknown as TUnsafe<
    Record<string, Static<Value>>
  >;

export const nullable = <Inner extends TSchema>(inner: Inner) =>
  ({ ...inner, nullable: true }) as unknown as TUnsafe<Static<Inner> | null>;

/** Every property is required unless it is wrapped in `optional`. Unknown properties are pruned on admission. */
export const object = <Properties extends TProperties>(properties: Properties, options: Described = {}) => {
  const required = Object.keys(properties).filter((name) => !optionals.has(properties[name] as object));
  return {
    type: "object",
    ...(required.length > 0 ? { required } : {}),
    properties,
    ...options,
  } as TObject<Properties>;
};

export const optional = <Inner extends TSchema>(inner: Inner): TOptional<Inner> => {
  const marked = { ...inner } as TOptional<Inner>;
  optionals.add(marked);
  return marked;
};

/** Schemas that `optional` made: the mark is none of JSON Schema, so it does not stand in them. */
const optionals = new WeakSet();
