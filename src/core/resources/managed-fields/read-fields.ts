import { isPlainObject } from "../../plain-object.ts";
import type { Fields, FieldSet } from "./fields.ts";

export type ReadFields =
  { readonly kind: "fields"; readonly fields: FieldSet } | { readonly kind: "unreadable" };

/** Checks what a client sent as `fieldsV1`. */
export function readFields(sent: unknown): ReadFields {
  if (!isPlainObject(sent) || !Object.entries(sent).every(([step, inner]) => isNode(step, inner))) {
    return { kind: "unreadable" };
  }
  return { kind: "fields", fields: Object.keys(sent).length === 0 ? undefined : (sent as unknown as Fields) };
}

function isNode(step: string, value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  if (step === ".") return Object.keys(value).length === 0;
  return isStep(step) && Object.entries(value).every(([inner, below]) => isNode(inner, below));
}

function isStep(step: string): boolean {
  const value = step.slice(2);
  switch (step.slice(0, 2)) {
    case "f:":
      return true;
    case "i:":
      return /^\d+$/.test(value);
    case "v:":
      return parsed(value) !== undefined;
    case "k:":
      return isPlainObject(parsed(value));
    default:
      return false;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
