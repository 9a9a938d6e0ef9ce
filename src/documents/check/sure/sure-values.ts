import formats from "ajv-formats";
import type { PlainObject } from "../../../core/plain-object.ts";
import { exactly, UNSURE } from "./sure-rules.ts";
import type { SureRule } from "./sure-schema.ts";

/** What keywords say of single values; undefined for each that is not there. */
export function valueRules(schema: PlainObject): readonly (SureRule | undefined)[] {
  const { type, pattern, format } = schema;
  return [
    isInteger(type) ? exactly((value) => typeof value !== "number" || Number.isInteger(value)) : undefined,
    pattern === undefined ? undefined : patternRule(pattern),
    format === undefined ? undefined : formatRule(format),
    minimumRule(schema),
  ];
}

function patternRule(pattern: unknown): SureRule {
  return typeof pattern === "string" ? ofTexts(testOf(new RegExp(pattern, "u"))) : UNSURE;
}

const isReference = testOf(formats.default.get("uri-reference"));
/** Most references lead to a part of their own document, and the whole rule takes many times as long. */
const LOCAL_REFERENCE = /^#[\w./-]*$/;

const FORMATS: ReadonlyMap<unknown, SureRule> = new Map([
  // It is for people: the validator does not look at it.
  ["media-range", exactly(() => true)],
  ["uri-reference", ofTexts((text) => LOCAL_REFERENCE.test(text) || isReference(text))],
  ["uri", ofTexts(testOf(formats.default.get("uri")))],
  ["email", ofTexts(testOf(formats.default.get("email")))],
  ["regex", ofTexts(testOf(formats.default.get("regex")))],
]);

function formatRule(format: unknown): SureRule {
  return FORMATS.get(format) ?? UNSURE;
}

function testOf(format: unknown): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  return typeof format === "function" ? (format as (text: string) => boolean) : () => false;
}

/** In draft 4, `exclusiveMinimum` says of `minimum` that it is none. */
function minimumRule({ minimum, exclusiveMinimum = false }: PlainObject): SureRule | undefined {
  if (minimum === undefined && exclusiveMinimum === false) return undefined;
  if (typeof minimum !== "number" || typeof exclusiveMinimum !== "boolean") return UNSURE;
  return exactly(
    (value) => typeof value !== "number" || (exclusiveMinimum ? value > minimum : value >= minimum),
  );
}

function ofTexts(test: (text: string) => boolean): SureRule {
  return exactly((value) => typeof value !== "string" || test(value));
}

function isInteger(type: unknown): boolean {
  return type === "integer" || (Array.isArray(type) && type.includes("integer") && !type.includes("number"));
}
