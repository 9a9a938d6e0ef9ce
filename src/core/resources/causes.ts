import type { Cause } from "./kind.ts";

/** One "Invalid value" cause for each problem; `shown` is quoted as JSON and must not be secret. */
export function invalidValues(field: string, shown: unknown, problems: readonly string[]): Cause[] {
  return problems.map((problem) => ({
    reason: "FieldValueInvalid",
    message: `Invalid value: ${JSON.stringify(shown)}: ${problem}`,
    field,
  }));
}

export function required(field: string, detail?: string): Cause {
  const message = detail === undefined ? "Required value" : `Required value: ${detail}`;
  return { reason: "FieldValueRequired", message, field };
}

/** `shown` is quoted as JSON and must not be secret. */
export function duplicate(field: string, shown: unknown): Cause {
  const message = `Duplicate value: ${JSON.stringify(shown)}`;
  return { reason: "FieldValueDuplicate", message, field };
}

export function forbidden(field: string, detail: string): Cause {
  return { reason: "FieldValueForbidden", message: `Forbidden: ${detail}`, field };
}

export function tooLong(field: string, bytes: number): Cause {
  return { reason: "FieldValueTooLong", message: `Too long: may not be more than ${bytes} bytes`, field };
}
