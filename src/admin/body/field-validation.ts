import type { PlainObject } from "../../core/plain-object.ts";
import { isPlainObject, mapValues } from "../../core/plain-object.ts";
import type { Kind } from "../../core/resources/kind.ts";
import { pruneUnknown } from "../../core/resources/prune.ts";
import { AdminFailure } from "../admin-failure.ts";
import { MOST_STRAY } from "./decoded-body.ts";
import type { FieldValidation } from "../query/write-parameters.ts";

/**
 * What a client wrote that will not be kept: `unknown field "spec.bogus"`, `duplicate field "spec.a"`; the
 * first hundred of them.
 */
export function strayFields(kind: Kind, value: unknown, duplicates: readonly string[]): string[] {
  return shownStray(duplicates, pruneUnknown(kind, value).unknown);
}

/** The first hundred of both, in words. */
export function shownStray(duplicates: readonly string[], unknown: readonly string[]): string[] {
  return [
    ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
    ...unknown.slice(0, MOST_STRAY).map((path) => `unknown field ${JSON.stringify(path)}`),
  ].slice(0, MOST_STRAY);
}

/** The fields that a patch would set: without deletions and the directives of a strategic merge. */
export function patchedFields(patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.map(patchedFields);
  if (!isPlainObject(patch)) return patch;
  const fields: PlainObject = mapValues(patch, (value, key) =>
    value === null || key.startsWith("$") ? undefined : patchedFields(value),
  );
  return fields;
}

/** Strict → refuses; Warn → the warnings to send; Ignore → none (admin-api spec §8.5). */
export function warningsOf(
  validation: FieldValidation,
  stray: readonly string[],
  refusal: (problem: string) => AdminFailure,
): readonly string[] {
  if (validation === "Strict" && stray.length > 0)
    throw refusal(`strict decoding error: ${stray.join(", ")}`);
  return validation === "Warn" ? stray : [];
}

/** 400 of a POST or PUT. */
export function cannotHandle(kind: Kind): (problem: string) => AdminFailure {
  return (problem) => new AdminFailure("ADMIN_CANNOT_HANDLE", [kind.kind, kind.version, kind.kind, problem]);
}

/**
 * 422 of a PATCH, with kind, name and cause: at any other answer kubectl prints the whole patch, the values
 * of a Secret included.
 */
export function invalidPatch(kind: Kind, name: string): (problem: string) => AdminFailure {
  const { group } = kind;
  const shown = group === "" ? kind.kind : `${kind.kind}.${group}`;
  return (problem) =>
    new AdminFailure("ADMIN_INVALID", [shown, name, `patch: ${problem}`], {
      name,
      ...(group === "" ? {} : { group }),
      kind: kind.kind,
      causes: [{ reason: "FieldValueInvalid", message: problem, field: "patch" }],
    });
}
