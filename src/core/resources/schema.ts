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
) => schema<TString>({ type: "string", ...options });

export const flag = (options: Described & { default?: boolean } = {}) =>
  schema<TBoolean>({ type: "boolean", ...options });

export const wholeNumber = (
  options: Described & { minimum?: number; maximum?: number; default?: number } = {},
) => schema<TInteger>({ type: "integer", ...options });

export const oneOf = <const Values extends readonly string[]>(
  values: Values,
  options: Described & { default?: Values[number] } = {},
) => schema<TUnsafe<Values[number]>>({ type: "string", enum: [...values], ...options });

export const listOf = <Item extends TSchema>(item: Item, options: Described = {}) =>
  schema<TArray<Item>>({ type: "array", items: item, ...options });

export const mapOf = <Value extends TSchema>(value: Value, options: Described = {}) =>
  schema<TUnsafe<Record<string, Static<Value>>>>({ type: "object", additionalProperties: value, ...options });

export const nullable = <Inner extends TSchema>(inner: Inner) =>
  schema<TUnsafe<Static<Inner> | null>>({ ...inner, nullable: true });

/** Every property is required unless it is wrapped in `optional`. Unknown properties are pruned on admission. */
export const object = <Properties extends TProperties>(properties: Properties, options: Described = {}) => {
  const required = Object.keys(properties).filter((name) => !optionals.has(properties[name] as object));
  return schema<TObject<Properties>>({
    type: "object",
    ...(required.length > 0 ? { required } : {}),
    properties,
    ...options,
  });
};

export const optional = <Inner extends TSchema>(inner: Inner): TOptional<Inner> => {
  const marked = { ...inner } as TOptional<Inner>;
  optionals.add(marked);
  return marked;
};

/** Schemas that `optional` made: the mark is none of JSON Schema, so it does not stand in them. */
const optionals = new WeakSet();

function schema<Schema extends TSchema>(value: object): Schema {
  return value as Schema;
}
