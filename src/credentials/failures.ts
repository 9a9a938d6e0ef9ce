import { defineFailures } from "../core/failures.ts";

/**
 * What goes wrong between a Secret and an injected credential. Texts and statuses are those of the
 * original (gateway spec §15), because clients and runbooks match on them.
 */
export const credentialFailures = defineFailures({
  CREDENTIALS_TOKEN_UNREACHABLE: {
    status: 502,
    actor: "provider",
    text: "failed to make a request to '%s': %s",
    remedy: "Check that the token or CSRF endpoint is up, reachable and trusted from the gateway.",
  },
  CREDENTIALS_TOKEN_REFUSED: {
    status: 502,
    actor: "operator",
    text: "incorrect response code '%s' while getting token from %s",
    remedy: "Check clientId and clientSecret in the Secret and the log of the identity provider.",
  },
});

export type CredentialFailureCode = keyof typeof credentialFailures;

/** An expected outcome: the credential could not be had. `values` fill the text and hold no secret. */
export interface CredentialFailure {
  readonly kind: "credential-failure";
  readonly code: CredentialFailureCode;
  readonly values: readonly (string | number)[];
  /** Which step failed, for the `X-Gateway-Error` header. */
  readonly step: "token" | "csrf" | "config";
}

export function isCredentialFailure(value: object): value is CredentialFailure {
  return "kind" in value && value.kind === "credential-failure";
}
