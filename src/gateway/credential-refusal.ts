import {
  credentialFailures,
  credentialFailureText,
  type CredentialFailure,
} from "../credentials/failures.ts";
import type { Refusal } from "../snapshot/compiled.ts";

/** What a caller is told when its call got no credentials (gateway spec §15). */
export function credentialRefusal(failure: CredentialFailure, repeated: boolean): Refusal {
  const { status } = credentialFailures[failure.code];
  return {
    code: failure.code,
    // A repetition whose credentials cannot be renewed is a bad gateway, whatever the reason (§11).
    status: repeated ? 502 : status,
    message: credentialFailureText(failure),
    category: failure.step,
  };
}
