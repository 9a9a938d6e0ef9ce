import type { ErrorObject } from "ajv";
import { isPlainObject, ownValue } from "../../core/plain-object.ts";
import type { Finding } from "../finding.ts";
import { found } from "./found.ts";
import { readPointer, valueAt, writePointer } from "./json-pointer.ts";

/** Say only that a choice failed; the errors of the choices say why. */
const CHOICES = new Set([
  "oneOf",
  "anyOf",
  "if",
  "not",
  "unevaluatedProperties",
  "unevaluatedItems",
  "$merge",
]);

/** Errors of a JSON Schema → findings, without the echo that each error makes in the schemas around it. */
export function schemaErrors(errors: readonly ErrorObject[], root: unknown): readonly Finding[] {
  const own = errors.filter((error) => !isEcho(error) || isAmbiguous(error, root));
  const paths = new Set(own.map(({ instancePath }) => instancePath));
  const kept = errors.filter((error) => !isEcho(error) || !hasBelow(paths, error.instancePath));
  const findings = new Map<string, Finding>();
  for (const error of kept) {
    if (isAmbiguous(error, root)) continue;
    const finding = found("error", pathOf(error), messageOf(error));
    const key = `${finding.path}\n${finding.message}`;
    if (!findings.has(key)) findings.set(key, finding);
  }
  return [...findings.values()];
}

/** A reference was possible too, but nobody meant one. */
function isEcho({ keyword, params }: ErrorObject): boolean {
  return CHOICES.has(keyword) || (keyword === "required" && parameter(params, "missingProperty") === "$ref");
}

/**
 * Schemas of AsyncAPI 2 offer a reference or an object that may be a reference: each reference is both, which
 * they forbid. What refers is in order.
 */
function isAmbiguous({ keyword, params, instancePath }: ErrorObject, root: unknown): boolean {
  if (keyword !== "oneOf" || !Array.isArray(parameter(params, "passingSchemas"))) return false;
  const value = valueAt(root, readPointer(instancePath));
  return isPlainObject(value) && typeof ownValue(value, "$ref") === "string";
}

function hasBelow(paths: ReadonlySet<string>, path: string): boolean {
  if (paths.has(path)) return true;
  for (const other of paths) if (other.startsWith(`${path}/`)) return true;
  return false;
}

function parameter(parameters: ErrorObject["params"], name: string): unknown {
  return (parameters as Readonly<Record<string, unknown>>)[name];
}

/** The property that is too much, rather than the object that has it. */
function pathOf({ instancePath, params }: ErrorObject): string {
  const extra = parameter(params, "additionalProperty") ?? parameter(params, "unevaluatedProperty");
  return typeof extra === "string" ? `${instancePath}${writePointer([extra])}` : instancePath;
}

function messageOf({ keyword, message = keyword, params }: ErrorObject): string {
  switch (keyword) {
    case "additionalProperties":
    case "unevaluatedProperties":
      return "This property is not known here.";
    case "enum":
      return `It ${message}: ${(parameter(params, "allowedValues") as readonly unknown[]).join(", ")}.`;
    case "const":
      return `It ${message}: ${String(parameter(params, "allowedValue"))}.`;
    default:
      return `It ${message}.`;
  }
}
