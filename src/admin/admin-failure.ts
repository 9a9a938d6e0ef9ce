import { Failure } from "../core/failures.ts";
import { adminFailures, type AdminFailureCode } from "./failures.ts";
import type { StatusDetails } from "./status/status.ts";

/** A refusal of the admin API with the `details` of its Status. The message holds no value of a Secret. */
export class AdminFailure extends Failure {
  readonly details: StatusDetails | undefined;

  constructor(code: AdminFailureCode, values: readonly (string | number)[] = [], details?: StatusDetails) {
    super(code, adminFailures[code], values);
    this.name = "AdminFailure";
    this.details = details;
  }
}

export function badRequest(message: string): AdminFailure {
  return new AdminFailure("ADMIN_BAD_REQUEST", [message]);
}
