import type { Cause } from "../../core/resources/kind.ts";
import { flagParameter } from "./parameters.ts";
import { invalidOptions, type OptionsKind } from "../status/invalid-options.ts";

export type FieldValidation = "Strict" | "Warn" | "Ignore";

export interface WriteParameters {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

export interface ApplyParameters extends WriteParameters {
  readonly force: boolean;
}

const MANAGER_LIMIT = 128;

/** The parameters of a write, all wrong ones named at once (admin-api spec §§8.3, 8.5). */
export function writeParameters(query: URLSearchParams, kind: OptionsKind): WriteParameters {
  return checked(query, kind, forceCauses(query, kind));
}

/** Those of a server-side apply, which says whose it is (admin-api spec §9, step 1). */
export function applyParameters(query: URLSearchParams): ApplyParameters {
  const message = "Required value: is required for apply patch";
  const missing: Cause = { reason: "FieldValueRequired", message, field: "fieldManager" };
  const parameters = checked(query, "PatchOptions", query.get("fieldManager") ? [] : [missing]);
  return { ...parameters, force: flagParameter(query, "force") };
}

function checked(query: URLSearchParams, kind: OptionsKind, more: readonly Cause[]): WriteParameters {
  const validation = query.get("fieldValidation") || "Warn";
  const causes = [
    ...dryRunCauses(query.getAll("dryRun")),
    ...validationCauses(validation),
    ...managerCauses(query.get("fieldManager") ?? ""),
    ...more,
  ];
  const [first, ...rest] = causes;
  if (first) throw invalidOptions(kind, [first, ...rest]);
  return {
    dryRun: query.getAll("dryRun").includes("All"),
    fieldValidation: validation as FieldValidation,
  };
}

export function dryRunCauses(values: readonly string[]): Cause[] {
  if (values.every((value) => value === "All")) return [];
  const message = `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`;
  return [{ reason: "FieldValueNotSupported", message, field: "dryRun" }];
}

function validationCauses(value: string): Cause[] {
  if (["Strict", "Warn", "Ignore"].includes(value)) return [];
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: "", "Ignore", "Strict", "Warn"`;
  return [{ reason: "FieldValueNotSupported", message, field: "fieldValidation" }];
}

function managerCauses(manager: string): Cause[] {
  const field = "fieldManager";
  if (Buffer.byteLength(manager) > MANAGER_LIMIT) {
    const message = `Too long: may not be more than ${MANAGER_LIMIT} bytes`;
    return [{ reason: "FieldValueTooLong", message, field }];
  }
  if (!/\p{C}/u.test(manager)) return [];
  return [
    {
      reason: "FieldValueInvalid",
      message: "Invalid value: should only contain printable characters",
      field,
    },
  ];
}

function forceCauses(query: URLSearchParams, kind: OptionsKind): Cause[] {
  if (kind !== "PatchOptions" || !query.has("force")) return [];
  const message = "Forbidden: may not be specified for non-apply patch";
  return [{ reason: "FieldValueForbidden", message, field: "force" }];
}
