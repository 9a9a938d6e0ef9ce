import type { TSchema } from "typebox";

/** The part of JSON Schema that the builders of `schema.ts` can make, as a walker reads it. */
export interface StructuralSchema {
  readonly type: "object" | "array" | "string" | "boolean" | "integer";
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: "date-time" | "byte" | "int-or-string" | "int32";
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly nullable?: boolean;
  readonly default?: string | number | boolean | Readonly<Record<string, string>>;
  readonly description?: string;
}

/** The builders are the only source of a kind's schema, so what a TSchema may hold is known. */
export function structuralSchema(schema: TSchema): StructuralSchema {
  return schema as unknown as StructuralSchema;
}

/** Whether `value` is the number of what may be a number or a text. */
export function isWholeNumberOf(schema: StructuralSchema, value: unknown): boolean {
  return schema.format === "int-or-string" && Number.isInteger(value);
}

/** To 32 bits and back is the same number where it fits into them. */
export function fitsInteger({ format }: StructuralSchema, value: number): boolean {
  return format !== "int32" || (value | 0) === value;
}

/** The schema of one key of an object, or undefined where the key is not declared. */
export function propertySchema(schema: StructuralSchema, key: string): StructuralSchema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  return schema.additionalProperties;
}
