import { Failure } from "../core/failures.ts";
import { documentsFailures, type DocumentsFailureCode } from "./failures.ts";

export function documentsFailure(
  code: DocumentsFailureCode,
  values: readonly (string | number)[] = [],
  options?: ErrorOptions,
): Failure {
  return new Failure(code, documentsFailures[code], values, options);
}
