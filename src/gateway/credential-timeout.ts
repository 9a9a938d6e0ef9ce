import { durationText } from "../config/setting.ts";
import { credentialFailure, credentialFailureText, type CredentialFailure } from "../credentials/failures.ts";
import type { CredentialType } from "../credentials/provider.ts";

/**
 * Ends one caller's wait for its credentials: its time is up (gateway spec §14). What it waited for goes on,
 * because others may wait for it too.
 */
export class CredentialTimeout extends Error {
  readonly #timeout: number;

  /** `timeout` in milliseconds: what the caller had for its whole attempt. */
  constructor(timeout: number) {
    super("the time for the call is up");
    this.name = "CredentialTimeout";
    this.#timeout = timeout;
  }

  token(type: CredentialType): CredentialFailure {
    const unreachable = credentialFailure(
      "CREDENTIALS_TOKEN_UNREACHABLE",
      "the token endpoint",
      this.#reason,
    );
    // Every failure of a token call with a client certificate has the original's text (decision 0003, D8).
    return type === "OAuthWithCert"
      ? credentialFailure("CREDENTIALS_TOKEN_NOT_ISSUED", credentialFailureText(unreachable))
      : unreachable;
  }

  csrf(): CredentialFailure {
    return credentialFailure("CREDENTIALS_CSRF_UNREACHABLE", "the CSRF endpoint", this.#reason);
  }

  get #reason(): string {
    return `no answer within ${durationText(this.#timeout)}`;
  }
}
