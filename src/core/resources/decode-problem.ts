import { illegalBase64At } from "../base64.ts";
import { isPlainObject } from "../plain-object.ts";
import { isDateTime } from "./is-date-time.ts";
import type { Kind } from "./kind.ts";
import { objectSchema } from "./object-schema.ts";
import { fitsInteger, isWholeNumberOf, propertySchema, type StructuralSchema } from "./structural-schema.ts";

/**
 * What a typed decoder would refuse before any validation: a wrong type or broken base64 in a core kind, or
 * a wrong type in the metadata of any kind. The API server answers 400 there, not 422, in the words of Go's
 * JSON decoder (admin-api spec §12). Values are never quoted.
 */
export function decodeProblem(kind: KindShape, value: unknown): string | undefined {
  if (!isPlainObject(value)) return `json: cannot unmarshal ${jsonType(value)} into Go value of type object`;
  const schema = objectSchema(kind);
  for (const [key, inner] of Object.entries(value)) {
    const declared = propertySchema(schema, key);
    if (!declared || (kind.custom && key !== "metadata")) continue;
    const problem = problemIn(declared, inner, { kind, path: [key] });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type KindShape = Pick<Kind, "kind" | "custom" | "schema">;

interface Place {
  readonly kind: KindShape;
  /** Names of the fields on the way here; keys of maps and indexes of lists are not shown by Go. */
  readonly path: readonly string[];
}

function problemIn(schema: StructuralSchema, value: unknown, place: Place): string | undefined {
  if (!hasType(schema, value)) return mismatch(schema, value, place);
  if (typeof value === "string") return textProblem(schema, value, place);
  if (Array.isArray(value) && schema.items) return firstProblem(value, schema.items, place);
  if (!isPlainObject(value)) return undefined;
  if (schema.additionalProperties) {
    return firstProblem(Object.values(value), schema.additionalProperties, place);
  }
  for (const [key, inner] of Object.entries(value)) {
    const declared = propertySchema(schema, key);
    const problem = declared && problemIn(declared, inner, { ...place, path: [...place.path, key] });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function textProblem({ format }: StructuralSchema, value: string, { path }: Place): string | undefined {
  if (format === "byte") {
    const at = illegalBase64At(value);
    return at === undefined ? undefined : `illegal base64 data at input byte ${at}`;
  }
  const isTime = format !== "date-time" || isDateTime(value);
  return isTime ? undefined : `parsing time ${path.join(".")} as "2006-01-02T15:04:05Z07:00"`;
}

function firstProblem(
  values: readonly unknown[],
  schema: StructuralSchema,
  place: Place,
): string | undefined {
  for (const value of values) {
    const problem = problemIn(schema, value, place);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function hasType(schema: StructuralSchema, value: unknown): boolean {
  if (schema.nullable && value === null) return true;
  if (schema.type === "integer") return Number.isInteger(value) && fitsInteger(schema, value as number);
  if (isWholeNumberOf(schema, value)) return true;
  return jsonType(value) === (schema.type === "boolean" ? "bool" : schema.type);
}

function mismatch(schema: StructuralSchema, value: unknown, place: Place): string {
  const field = `${structName(place)}.${shownPath(place)}`;
  const type = goType(schema);
  const named = NAMED_TYPES[field.replace("metadata.", "")];
  const shown = named ? type.replace(/object|string/, named) : type;
  return `json: cannot unmarshal ${jsonType(value)} into Go struct field ${field} of type ${shown}`;
}

/** Fields whose type has a name of its own in Go. */
const NAMED_TYPES: Readonly<Record<string, string>> = {
  "ObjectMeta.ownerReferences": "v1.OwnerReference",
  "Secret.type": "v1.SecretType",
};

/** The innermost Go struct around the field, which is what Go names. */
function structName({ kind, path }: Place): string {
  if (path[0] === "metadata" && path.length > 1) {
    return path[1] === "ownerReferences" && path.length > 2 ? "OwnerReference" : "ObjectMeta";
  }
  const [outer = ""] = path;
  return path.length > 1 ? `${kind.kind}${outer.charAt(0).toUpperCase()}${outer.slice(1)}` : kind.kind;
}

// The metadata of a custom resource is decoded apart, so its paths lack the first name there.
function shownPath({ kind, path }: Place): string {
  return (kind.custom && path.length > 1 ? path.slice(1) : path).join(".");
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

function goType(schema: StructuralSchema): string {
  switch (schema.type) {
    case "boolean":
      return "bool";
    case "integer":
      return schema.format ?? "int64";
    case "array":
      return `[]${schema.items ? goType(schema.items) : "object"}`;
    case "string":
      return goTextType(schema);
    default:
      return schema.additionalProperties ? `map[string]${goType(schema.additionalProperties)}` : "object";
  }
}

function goTextType({ format }: StructuralSchema): string {
  if (format === "byte") return "[]uint8";
  return format === "int-or-string" ? "intstr.IntOrString" : "string";
}
