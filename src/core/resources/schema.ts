import { Type, type Static, type TProperties, type TSchema } from "typebox";

/**
 * The only builders a kind may use. Kubernetes' structural schemas refuse `const`, `patternProperties` and
 * `null` types, so an enum is written as `oneOf`, a map as `mapOf` (additionalProperties) and a value that
 * may be null as `nullable` (the OpenAPI 3.0 keyword).
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
) => Type.String({ ...options });

export const flag = (options: Described & { default?: boolean } = {}) => Type.Boolean({ ...options });

export const wholeNumber = (
  options: Described & { minimum?: number; maximum?: number; default?: number } = {},
) => Type.Integer({ ...options });

export const oneOf = <const Values extends readonly string[]>(
  values: Values,
  options: Described & { default?: Values[number] } = {},
) => Type.Unsafe<Values[number]>({ type: "string", enum: [...values], ...options });

export const listOf = <Item extends TSchema>(item: Item, options: Described = {}) =>
  Type.Array(item, { ...options });

export const mapOf = <Value extends TSchema>(value: Value, options: Described = {}) =>
  Type.Unsafe<Record<string, Static<Value>>>({ type: "object", additionalProperties: value, ...options });

export const nullable = <Inner extends TSchema>(inner: Inner) =>
  Type.Unsafe<Static<Inner> | null>({ ...inner, nullable: true });

/** Every property is required unless it is wrapped in `optional`. Unknown properties are pruned on admission. */
export const object = <Properties extends TProperties>(properties: Properties, options: Described = {}) =>
  Type.Object(properties, { ...options });

export const optional = <Inner extends TSchema>(inner: Inner) => Type.Optional(inner);
